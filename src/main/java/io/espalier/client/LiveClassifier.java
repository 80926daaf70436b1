package io.espalier.client;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A text classifier that follows its own pruning: it answers with the version that is live, and
 * changes over to the next one while requests go on.
 *
 * <ul>
 *   <li>Every answer comes from one version, from tokenising to the logits, and names it.
 *   <li>A version answers only after every file was compared with the announced digest, the model
 *       was loaded, its self-check gave the recorded logits, and it was warmed up.
 *   <li>If any of that fails, what answered before goes on answering, and the listener is told.
 *   <li>A version that was replaced is closed when the last request on it has ended.
 * </ul>
 *
 * <p>While a version is prepared two models are in memory. Safe for use by many threads; {@code
 * classify} never waits for a change of versions.
 */
public final class LiveClassifier implements AutoCloseable {

    /** Texts that are run side by side at most; more are run one batch after the other. */
    private static final int LARGEST_BATCH = 32;

    private final Slot slot;
    private final Preparation preparation;
    private final @Nullable Thread thread; // Of the follower; null if nothing is announced.

    private LiveClassifier(Slot slot, Preparation preparation, @Nullable Thread thread) {
        this.slot = slot;
        this.preparation = preparation;
        this.thread = thread;
    }

    /** Begins the description of a classifier. */
    public static Builder following(Followed followed) {
        return new Builder(followed);
    }

    /**
     * Classifies a text; a text longer than the model's longest sequence is cut.
     *
     * @throws IllegalStateException if this is closed, or the engine fails
     */
    public Answer classify(String text) {
        return answer(model -> List.of(model.tokens(text, null))).get(0);
    }

    /** Classifies a text with a second one beside it, for models of pairs. */
    public Answer classify(String text, String pair) {
        return answer(model -> List.of(model.tokens(text, pair))).get(0);
    }

    /** Classifies several texts, all with the same version; answers in their order. */
    public List<Answer> classify(List<String> texts) {
        return answer(model -> texts.stream().map(text -> model.tokens(text, null)).toList());
    }

    /** Reads texts as a model does. */
    private interface Reading {
        List<Tokens> of(LoadedModel model);
    }

    private List<Answer> answer(Reading reading) {
        CountedModel held = slot.hold();
        try {
            LoadedModel model = held.model();
            List<Tokens> texts = reading.of(model);
            List<Answer> answers = new ArrayList<>();
            for (int from = 0; from < texts.size(); from += LARGEST_BATCH) {
                int to = Math.min(texts.size(), from + LARGEST_BATCH);
                for (float[] logits : model.logits(TokenBatch.of(texts.subList(from, to)))) {
                    answers.add(Answer.of(held.version(), model.labels(), logits));
                }
            }
            return answers;
        } finally {
            held.release();
        }
    }

    /**
     * What answers at this moment.
     *
     * @throws IllegalStateException if this is closed
     */
    public ModelVersion version() {
        ModelVersion version = slot.version();
        if (version == null) {
            throw new IllegalStateException("the classifier is closed");
        }
        return version;
    }

    /**
     * Lets the version answer that answered before the present one; a second call goes back one
     * further. It is verified and loaded anew first. It answers until another version is announced,
     * in this process only: for all, roll back at the job.
     *
     * @return what answers now
     * @throws IOException if there is no earlier version, it cannot be prepared any more, or
     *     another one was announced meanwhile; nothing has changed then
     */
    public ModelVersion rollback() throws IOException, InterruptedException {
        ModelVersion from = version();
        ModelVersion to = slot.previous();
        if (to == null) {
            throw new ServingException(
                    "nothing to roll back to: nothing older than "
                            + from
                            + " has answered since this classifier was opened");
        }
        if (!slot.rollBack(from, preparation.withoutWaiting().prepare(to, () -> {}))) {
            throw new ServingException(
                    "not rolled back from " + from + " to " + to + ": it answers no longer");
        }
        return to;
    }

    /** Stops following and waits for that; requests in flight end on the model they hold. */
    @Override
    public void close() {
        boolean interrupted = thread != null && stop(thread);
        slot.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops a thread and waits for that; whether the caller was interrupted meanwhile. */
    private static boolean stop(Thread thread) {
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive() && !Thread.currentThread().equals(thread)) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }

    /** The description of a classifier; not thread-safe. */
    public static final class Builder {

        private static final Duration OPENING = Duration.ofMinutes(1);

        private final Followed followed;
        private Loader loader = OnnxNetwork.loader(1);
        private List<BatchShape> warmUp = List.of(new BatchShape(1, 16), new BatchShape(8, 64));
        private Listener listener = new LoggingListener();
        private Duration appearance = Duration.ofMinutes(10);
        private Duration retry = Duration.ofMinutes(1);

        private Builder(Followed followed) {
            this.followed = followed;
        }

        /**
         * Runs {@code onnx/} in ONNX Runtime; the default, with one thread.
         *
         * @param threads of each request; with many requests at once, 1 answers the most
         */
        public Builder onnxRuntime(int threads) {
            if (threads < 1) {
                throw new IllegalArgumentException(threads + " threads; at least 1");
            }
            return loader(OnnxNetwork.loader(threads));
        }

        /** Runs {@code djl/} in DJL, in the engine that its {@code serving.properties} name. */
        public Builder djl() {
            return loader(DjlNetwork.loader());
        }

        Builder loader(Loader with) {
            this.loader = with;
            return this;
        }

        /** Batches to run before a version answers; those that the service will see. */
        public Builder warmUp(BatchShape... shapes) {
            this.warmUp = List.of(shapes);
            return this;
        }

        /**
         * Is told what becomes of announced versions; by default the platform's logger {@code
         * io.espalier.client} is.
         */
        public Builder listener(Listener to) {
            this.listener = to;
            return this;
        }

        /**
         * How long the directory of an announced version may still be on its way, 10 minutes by
         * default: longer than a checkpoint and a restart of the job together.
         */
        public Builder appearance(Duration limit) {
            this.appearance = limit;
            return this;
        }

        /**
         * After what time a version that was refused is tried again, a minute by default; doubles
         * up to an hour.
         */
        public Builder retry(Duration after) {
            if (after.toMillis() < 1) {
                throw new IllegalArgumentException("retry after " + after + "; at least 1 ms");
            }
            this.retry = after;
            return this;
        }

        /** {@link #open(Duration) Opens} it, and waits up to a minute. */
        public LiveClassifier open() throws IOException, InterruptedException {
            return open(OPENING);
        }

        /**
         * Starts to follow, and waits until the first version answers.
         *
         * @throws IOException if none does in time, the cause says what kept the last one from it;
         *     at once if only one version is served, and it cannot be
         */
        public LiveClassifier open(Duration limit) throws IOException, InterruptedException {
            Notices notices = new Notices(listener);
            Slot slot = new Slot(notices);
            Preparation preparation =
                    new Preparation(
                            followed.place(), loader, warmUp, appearance, Clock.systemUTC());
            Announcements announcements = followed.open(notices);
            if (announcements == null) {
                slot.install(preparation.withoutWaiting().prepare(followed.only(), () -> {}));
                return new LiveClassifier(slot, preparation, null);
            }
            Follower follower = new Follower(announcements, preparation, retry, slot, notices);
            Thread thread = new Thread(follower, "espalier-follower " + followed);
            thread.setDaemon(true);
            LiveClassifier classifier = new LiveClassifier(slot, preparation, thread);
            thread.start();
            boolean answers = false;
            try {
                answers = slot.awaitFirst(limit);
            } finally {
                if (!answers) {
                    classifier.close();
                }
            }
            if (!answers) {
                throw nothing(limit, follower.lastTrouble());
            }
            return classifier;
        }

        private ServingException nothing(Duration limit, @Nullable Throwable why) {
            String what =
                    "no version of " + followed + " answers after " + limit.toMillis() + " ms: ";
            return why == null
                    ? new ServingException(
                            what
                                    + "none was announced; a job announces one when it promotes it,"
                                    + " with espalier.promotion.mode: promote")
                    : new ServingException(
                            what + (why.getMessage() == null ? why : why.getMessage()), why);
        }
    }
}
