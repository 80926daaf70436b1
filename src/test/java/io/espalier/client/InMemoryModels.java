package io.espalier.client;

import io.espalier.artifact.SelfCheck;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A loader of models that know their version and nothing else: the token ids of a text and the
 * logits of a batch are the version's number, and whatever is done with a closed model is an error.
 */
final class InMemoryModels implements Loader {

    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private final Map<String, Runnable> onLoad = new ConcurrentHashMap<>();
    private final AtomicInteger loaded = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger wrong = new AtomicInteger();

    /** Loading a version fails from now on. */
    void refuse(String version) {
        refused.add(version);
    }

    /** Loading a version succeeds again. */
    void accept(String version) {
        refused.remove(version);
    }

    /** Runs when a version is loaded, on the thread that loads it. */
    void whenLoading(String version, Runnable action) {
        onLoad.put(version, action);
    }

    /** Models that were loaded. */
    int loaded() {
        return loaded.get();
    }

    /** Models that are not closed. */
    int open() {
        return open.get();
    }

    /** Uses of a closed model, or of one model's tokens in another. */
    int wrong() {
        return wrong.get();
    }

    static int number(String version) {
        return Integer.parseInt(version.substring(version.length() - 6));
    }

    /** The self-check of such a model. */
    static SelfCheck check(int number) {
        List<Integer> ids = List.of(number);
        return SelfCheck.of(
                List.of(new SelfCheck.Input(ids, List.of(0))), new float[][] {{number, 0}});
    }

    @Override
    public LoadedModel load(VerifiedVersion version) throws IOException {
        String name = version.announced().version();
        onLoad.getOrDefault(name, () -> {}).run();
        if (refused.contains(name)) {
            throw new ServingException(name + " is refused by the test");
        }
        loaded.incrementAndGet();
        open.incrementAndGet();
        return new Model(number(name));
    }

    /** Knows its number. */
    private final class Model implements LoadedModel {

        private final int number;
        private final AtomicInteger calls = new AtomicInteger();
        private volatile boolean closed;

        Model(int number) {
            this.number = number;
        }

        @Override
        public List<String> labels() {
            return List.of("version", "zero");
        }

        @Override
        public int positions() {
            return 32;
        }

        @Override
        public Tokens tokens(String text, @Nullable String pair) {
            return use(() -> new Tokens(new long[] {number}, new long[1]));
        }

        @Override
        public float[][] logits(TokenBatch batch) {
            return use(
                    () -> {
                        float[][] logits = new float[batch.batch()][2];
                        for (int i = 0; i < logits.length; i++) {
                            long id = batch.ids()[i * batch.length()];
                            if (id != 0 && id != number) {
                                wrong.incrementAndGet();
                            }
                            logits[i][0] = number;
                        }
                        return logits;
                    });
        }

        private <T> T use(Supplier<T> call) {
            calls.incrementAndGet();
            try {
                if (closed) {
                    wrong.incrementAndGet();
                }
                return call.get();
            } finally {
                calls.decrementAndGet();
            }
        }

        @Override
        public void close() {
            if (closed || calls.get() != 0) {
                wrong.incrementAndGet();
            }
            closed = true;
            open.decrementAndGet();
        }
    }
}
