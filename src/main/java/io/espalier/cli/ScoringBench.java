package io.espalier.cli;

import org.apache.commons.math3.stat.StatUtils;

import io.espalier.config.EspalierOptions;
import io.espalier.cost.ScoringCost;
import io.espalier.fisher.LossKind;
import io.espalier.model.MaskGradientScorer;
import io.espalier.model.MatrixProductCeiling;
import io.espalier.model.ModelDescription;
import io.espalier.model.SampleScorer;
import io.espalier.model.ScorableSample;
import io.espalier.model.ScorerOptions;
import io.espalier.model.TextClassifier;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Measures the bare scorer, the ceiling of its matrix products, and the job, all on the same
 * samples. Scorer and ceiling take turns, so that a machine that is busy elsewhere slows both.
 */
final class ScoringBench {

    private static final int MICRO_BATCH = EspalierOptions.MICRO_BATCH_SAMPLES.defaultValue();
    private static final int LEAST_ROUNDS = 3;
    private static final int PRODUCT_REPEATS = 4;

    private final Path directory;
    private final TextClassifier model;
    private final List<TsvDataset.Example> examples;
    private final int threads;
    private final long seed;
    private final List<List<ScorableSample>> batches = new ArrayList<>();
    private final int rounds;

    /** A bench over a dense model that was loaded from a directory. */
    ScoringBench(
            Path directory,
            TextClassifier model,
            List<TsvDataset.Example> examples,
            int threads,
            long seed) {
        this.directory = directory;
        this.model = model;
        this.examples = examples;
        this.threads = threads;
        this.seed = seed;
        List<ScorableSample> samples = new ArrayList<>();
        for (TsvDataset.Example example : examples) {
            samples.add(
                    new ScorableSample(
                            "line-" + example.line(),
                            model.encode(example.text(), example.pair()),
                            example.label()));
        }
        // Whole micro-batches only: a short one is slower, and the job has hardly any.
        int whole = Math.max(1, samples.size() / MICRO_BATCH);
        for (int i = 0; i < whole; i++) {
            int from = i * MICRO_BATCH;
            batches.add(samples.subList(from, Math.min(samples.size(), from + MICRO_BATCH)));
        }
        this.rounds = Math.max(LEAST_ROUNDS, whole);
    }

    /** Measures everything; takes about twice the time that one thread needs for the samples. */
    ScoringReport run(ProgressBars bars) throws Exception {
        List<ScoringReport.Loop> loops = loops(bars);
        ScoringReport.Loop last = loops.get(loops.size() - 1);
        double job = JobThroughput.measure(directory, examples, threads, seed, bars);
        return new ScoringReport(
                examples.size(),
                batches.stream()
                        .flatMap(List::stream)
                        .mapToInt(s -> s.encoding().length())
                        .average()
                        .orElseThrow(),
                MICRO_BATCH,
                rounds,
                loops,
                new ScoringReport.Job(threads, job, job / last.samplesPerSecond()));
    }

    private List<ScoringReport.Loop> loops(ProgressBars bars)
            throws ExecutionException, InterruptedException {
        ScorerOptions options =
                ScorerOptions.of(
                        EspalierOptions.MICRO_BATCH_TOKENS.defaultValue(),
                        0,
                        seed,
                        LossKind.labelFree(model.description().labels().size()));
        int tokens = (int) Math.ceil(mean(batch -> tokens(batch)));
        List<SampleScorer> scorers = new ArrayList<>();
        List<MatrixProductCeiling> products = new ArrayList<>();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        int[] widths = threads == 1 ? new int[] {1} : new int[] {1, threads};
        long steps = (long) (rounds + 1) * widths.length;
        try (ProgressBars.Task task = bars.start("scoring", steps, "rounds")) {
            for (int i = 0; i < threads; i++) {
                scorers.add(new MaskGradientScorer(model, options));
                products.add(new MatrixProductCeiling(model, tokens));
            }
            double[][][] rates = new double[widths.length][2][rounds];
            for (int round = -1; round < rounds; round++) { // The first one warms up.
                int r = Math.max(0, round);
                for (int w = 0; w < widths.length; w++) {
                    int width = widths[w];
                    rates[w][0][r] =
                            together(pool, width, i -> score(scorers.get(i), batch(r * width + i)));
                    rates[w][1][r] = together(pool, width, i -> products(products.get(i)));
                    task.step(1);
                }
            }
            double operations = mean(this::operations);
            List<ScoringReport.Loop> loops = new ArrayList<>();
            for (int w = 0; w < widths.length; w++) {
                double flops = median(rates[w][0]);
                double[] ratios = rates[w][0].clone();
                for (int r = 0; r < rounds; r++) {
                    ratios[r] /= rates[w][1][r];
                }
                loops.add(
                        new ScoringReport.Loop(
                                widths[w],
                                flops / operations * mean(List::size),
                                flops / operations * mean(ScoringBench::tokens),
                                flops * 1e-9,
                                median(rates[w][1]) * 1e-9,
                                median(ratios)));
            }
            return loops;
        } finally {
            pool.shutdownNow();
            scorers.forEach(SampleScorer::close);
            products.forEach(MatrixProductCeiling::close);
        }
    }

    /** Several times, for one is much shorter than a micro-batch. */
    private static double products(MatrixProductCeiling ceiling) {
        double operations = 0;
        for (int i = 0; i < PRODUCT_REPEATS; i++) {
            operations += ceiling.run();
        }
        return operations;
    }

    private List<ScorableSample> batch(int index) {
        return batches.get(index % batches.size());
    }

    private double score(SampleScorer scorer, List<ScorableSample> batch) {
        scorer.score(batch);
        return operations(batch);
    }

    private double operations(List<ScorableSample> batch) {
        ModelDescription description = model.description();
        double sum = 0;
        for (ScorableSample sample : batch) {
            sum +=
                    ScoringCost.operations(
                            description.hidden(),
                            description.sublayers(),
                            sample.encoding().length());
        }
        return sum;
    }

    private static int tokens(List<ScorableSample> batch) {
        return batch.stream().mapToInt(sample -> sample.encoding().length()).sum();
    }

    /** A figure of a micro-batch. */
    private interface Figure {
        double of(List<ScorableSample> batch);
    }

    private double mean(Figure figure) {
        return batches.stream().mapToDouble(figure::of).average().orElseThrow();
    }

    /** Runs work in several threads at once; the sum of their operations a second. */
    private static double together(ExecutorService pool, int threads, IntToDoubleFunction work)
            throws ExecutionException, InterruptedException {
        List<Future<Double>> rates = new ArrayList<>();
        for (int thread : IntStream.range(0, threads).toArray()) {
            rates.add(
                    pool.submit(
                            () -> {
                                long begin = System.nanoTime();
                                double operations = work.applyAsDouble(thread);
                                return operations / ((System.nanoTime() - begin) * 1e-9);
                            }));
        }
        double sum = 0;
        for (Future<Double> rate : rates) {
            sum += rate.get();
        }
        return sum;
    }

    private static double median(double[] values) {
        return StatUtils.percentile(values, 50);
    }
}
