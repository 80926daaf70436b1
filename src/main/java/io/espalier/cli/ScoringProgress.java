package io.espalier.cli;

import io.espalier.fisher.SublayerStatistics;
import io.espalier.model.SampleScorer;
import io.espalier.model.ScorableSample;
import io.espalier.stream.score.ScorerFactory;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/**
 * Shows how many samples the scorers of a job in this JVM have scored.
 *
 * <p>Flink hands each task a copy of the scorer factory, so the copy finds the display by a key.
 */
final class ScoringProgress implements AutoCloseable {

    private static final Map<String, LongConsumer> SHOWN = new ConcurrentHashMap<>();

    private final String key = UUID.randomUUID().toString();
    private final ProgressBars.Task task;
    private final ScorerFactory scorers;

    private ScoringProgress(ProgressBars.Task task, ScorerFactory scorers) {
        this.task = task;
        this.scorers = counting(key, scorers);
        SHOWN.put(key, task::step);
    }

    /** Begins to show a number of samples to be scored by scorers. */
    static ScoringProgress start(String name, long samples, ScorerFactory scorers) {
        return new ScoringProgress(
                ProgressBars.onStderr().start(name, samples, "samples"), scorers);
    }

    /** The same scorers, counted. */
    ScorerFactory scorers() {
        return scorers;
    }

    private static ScorerFactory counting(String key, ScorerFactory scorers) {
        return (model, loss) -> new Counted(key, scorers.create(model, loss));
    }

    @Override
    public void close() {
        SHOWN.remove(key);
        task.close();
    }

    /** A scorer that tells the display what it has done. */
    private record Counted(String key, SampleScorer scorer) implements SampleScorer {

        @Override
        public List<Unscorable> score(List<ScorableSample> samples) {
            List<Unscorable> unscorable = scorer.score(samples);
            LongConsumer shown = SHOWN.get(key);
            if (shown != null) {
                shown.accept(samples.size());
            }
            return unscorable;
        }

        @Override
        public List<SublayerStatistics> drain() {
            return scorer.drain();
        }

        @Override
        public void close() {
            scorer.close();
        }
    }
}
