package io.espalier.client;

import io.espalier.artifact.PublishedReader;
import io.espalier.artifact.SelfCheck;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/**
 * The way of a version from its announcement to the moment it can answer: wait for the directory,
 * compare every file, load, replay the self-check, warm up. A version that fails at any step is
 * closed and never answers.
 *
 * @param place where the directory of a version is, or will be
 * @param loader into an engine
 * @param warmUp shapes of batches to run
 * @param appearance how long an announced directory may still be on its way
 * @param clock that measures it
 */
record Preparation(
        Function<ModelVersion, Path> place,
        Loader loader,
        List<BatchShape> warmUp,
        Duration appearance,
        Clock clock) {

    /** The publisher's tolerance is 1e-4. */
    private static final double LOOSEST = 0.01;

    /** Copies the list. */
    Preparation {
        warmUp = List.copyOf(warmUp);
    }

    /** The same for a version that was there before. */
    Preparation withoutWaiting() {
        return new Preparation(place, loader, warmUp, Duration.ZERO, clock);
    }

    /**
     * A version that can answer.
     *
     * @param version as announced
     * @param model in memory; whoever holds this closes it
     * @param selfChecks inputs that were replayed
     */
    record Ready(ModelVersion version, LoadedModel model, int selfChecks) {}

    /**
     * Prepares a version.
     *
     * @param pause between two looks for its directory
     * @throws IOException naming what failed
     */
    Ready prepare(ModelVersion version, PublishedReader.Pause pause)
            throws IOException, InterruptedException {
        Path directory = place.apply(version);
        new PublishedReader(clock, appearance, pause).await(directory, version.manifestDigest());
        VerifiedVersion verified = VerifiedVersion.of(version, directory);
        LoadedModel model = loader.load(verified);
        try {
            int replayed = selfCheck(verified, model).inputs();
            for (BatchShape shape : warmUp) {
                warmUp(verified, model, shape);
            }
            return new Ready(version, model, replayed);
        } catch (IOException | RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /**
     * Runs every input alone and all of them side by side, so that padding is checked, too.
     *
     * @return nothing replayed for a version from before there were self-checks
     */
    static SelfCheckReplay selfCheck(VerifiedVersion version, LoadedModel model)
            throws IOException {
        if (!version.has(SelfCheck.FILE)) {
            return new SelfCheckReplay(0, 0);
        }
        SelfCheck check = SelfCheck.fromJson(version.bytes(SelfCheck.FILE));
        if (!(check.tolerance() <= LOOSEST)) {
            throw new ServingException(
                    "%s: tolerance %s lets everything pass; at most %s"
                            .formatted(SelfCheck.FILE, check.tolerance(), LOOSEST));
        }
        List<Tokens> texts = check.inputs().stream().map(Tokens::of).toList();
        float[][] alone = new float[texts.size()][];
        for (int i = 0; i < alone.length; i++) {
            alone[i] = model.logits(TokenBatch.of(List.of(texts.get(i))))[0];
        }
        double one = check.verify("the model, one input at a time,", alone);
        double all =
                check.verify("the model, all inputs at once,", model.logits(TokenBatch.of(texts)));
        return new SelfCheckReplay(texts.size(), Math.max(one, all));
    }

    /** Runs a batch and looks at what comes out, which also guards versions without self-check. */
    private static void warmUp(VerifiedVersion version, LoadedModel model, BatchShape shape)
            throws ServingException {
        int length = Math.min(shape.length(), model.positions());
        Tokens tokens = new Tokens(new long[length], new long[length]);
        float[][] logits = model.logits(TokenBatch.of(Collections.nCopies(shape.batch(), tokens)));
        for (float[] row : logits) {
            boolean finite = true;
            for (float logit : row) {
                finite &= Float.isFinite(logit);
            }
            if (!finite || row.length != model.labels().size()) {
                throw new ServingException(
                        version.directory()
                                + ": warming up gave the logits "
                                + Arrays.toString(row)
                                + " for the labels "
                                + model.labels());
            }
        }
    }
}
