package io.espalier.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Sentences without meaning, for measurements that depend on lengths alone. */
final class MadeUpText {

    private static final int SHORTEST = 5;
    private static final int LONGEST = 45;
    private static final List<String> WORDS =
            List.of(
                    "the a of and in to was it that with his her for on as film story at but from"
                            .split(" "));

    private MadeUpText() {}

    /** Sentences of 5 to 45 words and labels, all equally often. */
    static List<TsvDataset.Example> examples(int count, int classes, long seed) {
        Random random = new Random(seed);
        List<TsvDataset.Example> examples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> words = new ArrayList<>();
            int length = SHORTEST + random.nextInt(LONGEST - SHORTEST + 1);
            for (int w = 0; w < length; w++) {
                words.add(WORDS.get(random.nextInt(WORDS.size())));
            }
            int label = random.nextInt(classes);
            examples.add(new TsvDataset.Example(i + 2, label, String.join(" ", words), null));
        }
        return examples;
    }
}
