package io.espalier.model;

import io.espalier.fisher.SublayerStatistics;

import java.util.List;

/**
 * Turns samples into statistics: one forward and one backward pass of the dense model over each.
 *
 * <p>Calls alternate between any number of {@link #score} and one {@link #drain}. Not thread-safe;
 * several scorers work side by side in one JVM.
 */
public interface SampleScorer extends AutoCloseable {

    /**
     * Scores samples and adds them to the open statistics.
     *
     * @return the samples that could not be scored, which left no trace in the statistics
     */
    List<Unscorable> score(List<ScorableSample> samples);

    /** Hands over the statistics since the last call, one for each sublayer, and starts anew. */
    List<SublayerStatistics> drain();

    @Override
    void close();

    /**
     * A sample whose loss or gradient is not finite.
     *
     * @param sample the sample
     * @param reason what was found
     */
    record Unscorable(ScorableSample sample, String reason) {}
}
