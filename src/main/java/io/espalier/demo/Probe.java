package io.espalier.demo;

import io.espalier.model.TextClassifier;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A linear probe: a classifier head for gloss classes on an encoder that stays as it is.
 *
 * @param head the fitted head, over the encoder's pooled outputs
 * @param accuracy share of the held-out glosses that are classified right
 * @param macroAccuracy the same, as the mean over the classes that are held out
 * @param trained number of glosses fitted to
 * @param heldOut number of glosses judged by
 */
record Probe(LinearHead head, double accuracy, double macroAccuracy, int trained, int heldOut) {
    /** Glosses fitted to, and judged by. */
    private static final int TRAINED = 6000;

    private static final int HELD_OUT = 1500;
    private static final int CHUNK = 128;

    /**
     * Draws the glosses, has the encoder read them, fits the head and judges it.
     *
     * <p>Nouns and verbs have equal shares, as in a stream that drifts from the ones to the others.
     *
     * @param seed of the split and the draws
     * @param threads that run the encoder at once
     */
    static Probe fit(
            TextClassifier encoder, WordNet wordNet, long seed, int threads, Progress progress)
            throws InterruptedException {
        List<Gloss> glosses = new ArrayList<>();
        for (boolean verbs : List.of(false, true)) {
            List<Gloss> pool = wordNet.part(Part.PROBE_TRAINING, verbs, seed);
            glosses.addAll(balanced(pool, TRAINED / 2));
        }
        int trained = glosses.size();
        for (boolean verbs : List.of(false, true)) {
            List<Gloss> pool = wordNet.part(Part.PROBE_HELD_OUT, verbs, seed);
            glosses.addAll(pool.subList(0, Math.min(HELD_OUT / 2, pool.size())));
        }
        float[][] features = features(encoder, glosses, threads, progress);
        int[] labels =
                glosses.stream()
                        .mapToInt(gloss -> WordNet.labels().indexOf(gloss.label()))
                        .toArray();
        LinearHead head =
                LinearHead.fit(
                        Arrays.copyOf(features, trained),
                        Arrays.copyOf(labels, trained),
                        WordNet.labels().size(),
                        progress);
        return judge(
                head,
                Arrays.copyOfRange(features, trained, features.length),
                Arrays.copyOfRange(labels, trained, labels.length),
                trained);
    }

    /**
     * At most {@code count} glosses, of each class the first so many: rare classes are in it whole,
     * common ones share the rest evenly. Keeps the order.
     */
    static List<Gloss> balanced(List<Gloss> glosses, int count) {
        Map<String, Long> sizes =
                glosses.stream()
                        .collect(Collectors.groupingBy(Gloss::label, Collectors.counting()));
        long cap = 0;
        while (cap < glosses.size() && capped(sizes, cap + 1) <= count) {
            cap++;
        }
        Map<String, Integer> taken = new HashMap<>();
        List<Gloss> chosen = new ArrayList<>();
        for (Gloss gloss : glosses) {
            if (taken.merge(gloss.label(), 1, Integer::sum) <= cap) {
                chosen.add(gloss);
            }
        }
        return chosen;
    }

    private static long capped(Map<String, Long> sizes, long cap) {
        return sizes.values().stream().mapToLong(size -> Math.min(size, cap)).sum();
    }

    private static Probe judge(LinearHead head, float[][] features, int[] labels, int trained) {
        int[] seen = new int[head.classes()];
        int[] right = new int[head.classes()];
        for (int i = 0; i < labels.length; i++) {
            seen[labels[i]]++;
            if (head.classify(features[i]) == labels[i]) {
                right[labels[i]]++;
            }
        }
        double macro = 0;
        int present = 0;
        for (int c = 0; c < seen.length; c++) {
            if (seen[c] > 0) {
                macro += (double) right[c] / seen[c];
                present++;
            }
        }
        return new Probe(
                head,
                (double) Arrays.stream(right).sum() / labels.length,
                macro / present,
                trained,
                labels.length);
    }

    /**
     * Pooled outputs of the glosses, in their order. Glosses of like length are read together, for
     * padding costs as much as text.
     */
    private static float[][] features(
            TextClassifier encoder, List<Gloss> glosses, int threads, Progress progress)
            throws InterruptedException {
        List<Integer> byLength =
                IntStream.range(0, glosses.size())
                        .boxed()
                        .sorted(Comparator.comparingInt(i -> glosses.get(i).text().length()))
                        .toList();
        float[][] features = new float[glosses.size()][];
        AtomicLong done = new AtomicLong();
        List<Callable<@Nullable Void>> chunks = new ArrayList<>();
        for (int from = 0; from < glosses.size(); from += CHUNK) {
            List<Integer> chunk = byLength.subList(from, Math.min(from + CHUNK, glosses.size()));
            chunks.add(
                    () -> {
                        float[][] pooled =
                                encoder.pooled(
                                        chunk.stream()
                                                .map(i -> glosses.get(i).text())
                                                .map(text -> encoder.encode(text, null))
                                                .toList());
                        for (int row = 0; row < pooled.length; row++) {
                            features[chunk.get(row)] = pooled[row];
                        }
                        progress.update(
                                "read glosses", done.addAndGet(chunk.size()), glosses.size());
                        return null;
                    });
        }
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        try {
            for (Future<@Nullable Void> chunk : workers.invokeAll(chunks)) {
                chunk.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the encoder failed on a gloss", e.getCause());
        } finally {
            workers.shutdownNow();
            // The caller may free the encoder as soon as this returns or throws.
            workers.awaitTermination(1, TimeUnit.MINUTES);
        }
        return features;
    }
}
