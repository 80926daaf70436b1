package io.espalier.stream.decide;

import io.espalier.fisher.SampleHash;
import io.espalier.stream.type.AcceptedSample;

import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** The bounded set of held-out samples of one window. */
public final class HeldOutSamples {

    private HeldOutSamples() {}

    /**
     * The samples of smallest hash, in that order; which they are does not depend on the order in
     * which samples came.
     */
    static List<AcceptedSample> smallest(List<AcceptedSample> samples, int limit, long seed) {
        return smallest(samples, sample -> sample.sample().getId(), limit, seed);
    }

    /**
     * The same of samples in another form.
     *
     * @param id of a sample
     */
    public static <T> List<T> smallest(
            List<T> samples, Function<T, String> id, int limit, long seed) {
        return samples.stream()
                .sorted(
                        Comparator.comparingLong(
                                        (T sample) -> SampleHash.of(id.apply(sample), seed))
                                .thenComparing(id))
                .limit(limit)
                .toList();
    }
}
