package io.espalier.testing;

import io.espalier.model.Encoding;
import io.espalier.model.ScorableSample;

import java.util.ArrayList;
import java.util.List;

/** The 256 golden samples, in batch order. */
public final class GoldenSamples {

    private GoldenSamples() {}

    /** All samples, without their padding. */
    public static List<ScorableSample> all() {
        List<ScorableSample> samples = new ArrayList<>();
        for (TinyBert.Batch batch : TinyBert.batches()) {
            for (int i = 0; i < batch.labels().length; i++) {
                int[] ids = batch.tokens(i);
                samples.add(
                        new ScorableSample(
                                "golden-" + samples.size(),
                                new Encoding(ids, new int[ids.length]),
                                batch.labels()[i]));
            }
        }
        return samples;
    }
}
