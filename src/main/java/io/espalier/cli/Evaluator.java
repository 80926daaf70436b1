package io.espalier.cli;

import io.espalier.cost.MacCost;
import io.espalier.drift.HeldOutQuality;
import io.espalier.model.Encoding;
import io.espalier.model.ModelDescription;

import java.util.ArrayList;
import java.util.List;

/**
 * Compares models with the first of them, the dense one, on labelled samples.
 *
 * @param models the dense one first
 * @param encodings of the samples
 * @param labels of the samples
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on within one command, never compared.
record Evaluator(List<EvaluatedModel> models, List<Encoding> encodings, int[] labels) {

    private static final int TIMED_BATCHES = 31;
    private static final int WARM_UP = 3;

    /** Copies the lists. */
    Evaluator {
        models = List.copyOf(models);
        encodings = List.copyOf(encodings);
    }

    /** Evaluates and times all models; batches of at most some samples are timed. */
    Evaluation run(String data, int batch, ProgressBars bars) {
        List<float[][]> logits = new ArrayList<>();
        for (EvaluatedModel model : models) {
            logits.add(logits(model, bars));
        }
        int timed = Math.min(batch, encodings.size());
        InterleavedTimes times = times(timed, bars);
        MacCost cost = cost();
        List<Evaluation.Row> rows = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            ModelDescription description = models.get(i).classifier().description();
            HeldOutQuality quality = HeldOutQuality.of(logits.get(i), logits.get(0), labels);
            double seconds = times.medianSeconds(i);
            rows.add(
                    new Evaluation.Row(
                            models.get(i).name(),
                            models.get(i).directory().toString(),
                            description.digest(),
                            quality.accuracy(),
                            quality.divergence(),
                            cost.share(description.mask()),
                            description.parameters(),
                            description.bytes(),
                            seconds * 1e3,
                            seconds / times.medianSeconds(0)));
        }
        return new Evaluation(
                data,
                labels.length,
                cost.meanLength(),
                cost.meanSquaredLength(),
                timed,
                TIMED_BATCHES,
                rows);
    }

    /** Logits of all samples; pieces run side by side. */
    private float[][] logits(EvaluatedModel model, ProgressBars bars) {
        int n = encodings.size();
        try (ProgressBars.Task task = bars.start("evaluating " + model.name(), n, "samples")) {
            return ParallelLogits.of(model.classifier()::logits, encodings, task::step);
        }
    }

    /** Times batches of consecutive samples that lie evenly over the data. */
    private InterleavedTimes times(int batch, ProgressBars bars) {
        long total = (long) models.size() * (TIMED_BATCHES + WARM_UP);
        try (ProgressBars.Task task = bars.start("timing", total, "batches")) {
            List<InterleavedTimes.Task> tasks = new ArrayList<>();
            for (EvaluatedModel model : models) {
                tasks.add(
                        round -> {
                            long last = (long) encodings.size() - batch;
                            int from = Math.toIntExact(last * round / (TIMED_BATCHES - 1));
                            model.classifier().logits(encodings.subList(from, from + batch));
                            task.step(1);
                        });
            }
            return InterleavedTimes.measure(tasks, WARM_UP, TIMED_BATCHES);
        }
    }

    private MacCost cost() {
        double[] lengths = encodings.stream().mapToDouble(Encoding::length).toArray();
        double sum = 0;
        double squares = 0;
        for (double length : lengths) {
            sum += length;
            squares += length * length;
        }
        int hidden = models.get(0).classifier().description().hidden();
        return new MacCost(hidden, sum / lengths.length, squares / lengths.length);
    }
}
