package io.espalier.cli;

import org.apache.flink.configuration.Configuration;

import io.espalier.config.EspalierConfig;
import io.espalier.config.EspalierOptions;
import io.espalier.demo.Folders;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.model.SampleScorer;
import io.espalier.model.ScorableSample;
import io.espalier.stream.BoundedRun;
import io.espalier.stream.KafkaJob;
import io.espalier.stream.ParentModel;
import io.espalier.stream.score.ScorerFactory;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The samples a second of the Flink job while it scores: each task from the beginning of its first
 * micro-batch to the end of its last, waits between them included; the sum over the tasks.
 */
final class JobThroughput {

    private static final Map<String, Queue<Timed>> RUNS = new ConcurrentHashMap<>();

    private JobThroughput() {}

    /** Runs the job over examples; it decides and publishes nothing. */
    static double measure(
            Path model, List<TsvDataset.Example> examples, int tasks, long seed, ProgressBars bars)
            throws Exception {
        Path store = Files.createTempDirectory("espalier-bench");
        String run = UUID.randomUUID().toString();
        Queue<Timed> timed = new ConcurrentLinkedQueue<>();
        RUNS.put(run, timed);
        try {
            EspalierConfig config =
                    EspalierConfig.from(configuration(model, store, examples, tasks, seed));
            try (ScoringProgress progress =
                    ScoringProgress.start("job", examples.size(), KafkaJob.scorers(config))) {
                BoundedRun.of(
                        CalibrationRecords.of(examples, "bench"),
                        ParentModel.read(config),
                        config,
                        timing(run, progress.scorers()));
            }
            return timed.stream().mapToDouble(Timed::rate).sum();
        } finally {
            RUNS.remove(run);
            Folders.delete(store);
        }
    }

    private static Configuration configuration(
            Path model, Path store, List<TsvDataset.Example> examples, int tasks, long seed) {
        Configuration configuration = new Configuration();
        configuration.set(EspalierOptions.MODEL_DIRECTORY, model.toString());
        configuration.set(EspalierOptions.MODEL_ID, PruneCommand.modelId(model));
        configuration.set(EspalierOptions.HELD_OUT_SHARE, 0.0);
        configuration.set(EspalierOptions.WINDOW_MIN_SAMPLES, examples.size() + 1);
        configuration.set(EspalierOptions.PUBLISH_ROOT, store.toString());
        configuration.set(EspalierOptions.PARALLELISM, tasks);
        configuration.set(EspalierOptions.SEED, seed);
        return configuration;
    }

    /** Flink hands each task a copy of the factory, so the copy finds its run by a key. */
    private static ScorerFactory timing(String run, ScorerFactory scorers) {
        return (model, loss) -> {
            Timed timed = new Timed(scorers.create(model, loss));
            Queue<Timed> all = RUNS.get(run);
            if (all != null) {
                all.add(timed);
            }
            return timed;
        };
    }

    /** The scorer of one task, with the times of its first and last micro-batch. */
    private static final class Timed implements SampleScorer {

        private final SampleScorer scorer;
        private long begin;
        private long end;
        private long samples;

        Timed(SampleScorer scorer) {
            this.scorer = scorer;
        }

        @Override
        public synchronized List<Unscorable> score(List<ScorableSample> batch) {
            if (samples == 0) {
                begin = System.nanoTime();
            }
            List<Unscorable> unscorable = scorer.score(batch);
            end = System.nanoTime();
            samples += batch.size();
            return unscorable;
        }

        synchronized double rate() {
            return samples == 0 ? 0 : samples / ((end - begin) * 1e-9);
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
