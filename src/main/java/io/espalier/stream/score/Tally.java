package io.espalier.stream.score;

import io.espalier.fisher.SampleOffsets;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.stream.type.AcceptedSample;
import io.espalier.wire.codec.Origin;

/** What was counted of the samples inside a scorer, beside its sums. Mutable, not thread-safe. */
final class Tally {

    private long labelled;
    private long late;
    private SampleOffsets offsets = SampleOffsets.NONE;

    /**
     * Counts a sample that was scored.
     *
     * @param isLate whether it belongs to a pane that is over
     */
    void add(AcceptedSample sample, boolean isLate) {
        labelled += sample.sample().getLabel() == null ? 0 : 1;
        late += isLate ? 1 : 0;
        Origin origin = sample.raw().origin();
        offsets = offsets.with(origin.topic(), origin.partition(), origin.offset());
    }

    /** Adds the counts to statistics. */
    void addTo(SublayerStatistics statistics) {
        statistics.count(labelled, late, offsets);
    }
}
