package io.espalier.cli;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What a comparison found, in the form of its JSON file.
 *
 * @param model directory of the dense model
 * @param calibration files that samples were drawn from, traffic by traffic, the old before the new
 * @param samples number drawn for each calibration
 * @param seeds of the draws that are done
 * @param loss kind of the statistics' gradients
 * @param tokenWeight how tokens weigh in the moments
 * @param maxLength tokens after which texts were cut
 * @param dense the dense model's quality
 * @param stages what took how long
 * @param cells every pruned model that was tested
 */
record Ablation(
        String model,
        List<List<String>> calibration,
        int samples,
        List<Long> seeds,
        String loss,
        String tokenWeight,
        int maxLength,
        TestedQuality dense,
        List<Stage> stages,
        List<Cell> cells) {

    /** Copies the lists. */
    Ablation {
        calibration = calibration.stream().map(List::copyOf).toList();
        seeds = List.copyOf(seeds);
        stages = List.copyOf(stages);
        cells = List.copyOf(cells);
    }

    /** A stage that several models share, and its time. */
    record Stage(long seed, String name, double seconds) {}

    /**
     * One tested model.
     *
     * @param seed of the draw
     * @param profile that decided
     * @param step or response after which it was tested
     * @param budget that it was made for
     * @param quality on the test files
     * @param share of what the budget counts that it keeps, at the lengths of the traffic
     * @param macs share of the encoder's MACs that it keeps, at these lengths
     * @param heads kept
     * @param neurons kept
     * @param predictedError exact, of the model as it is, from the statistics
     * @param estimatedError what a job decides by, the error of this structure once re-solved; null
     *     where that is not asked
     * @param seconds that the step itself took
     */
    record Cell(
            long seed,
            String profile,
            String step,
            String budget,
            TestedQuality quality,
            double share,
            double macs,
            int heads,
            int neurons,
            double predictedError,
            @Nullable Double estimatedError,
            double seconds) {

        /** Accuracy in percent. */
        double percent() {
            return 100 * quality.accuracy();
        }
    }
}
