package io.espalier.stream.assemble;

import io.espalier.fisher.SampleHash;
import io.espalier.stream.type.AcceptedSample;

import java.util.Comparator;
import java.util.List;

/** The bounded set of held-out samples of one window. */
final class HeldOutSamples {

    private HeldOutSamples() {}

    /**
     * The samples of smallest hash, in that order; which they are does not depend on the order in
     * which samples came.
     */
    static List<AcceptedSample> smallest(List<AcceptedSample> samples, int limit, long seed) {
        return samples.stream()
                .sorted(
                        Comparator.comparingLong(
                                        (AcceptedSample sample) ->
                                                SampleHash.of(sample.sample().getId(), seed))
                                .thenComparing(sample -> sample.sample().getId()))
                .limit(limit)
                .toList();
    }
}
