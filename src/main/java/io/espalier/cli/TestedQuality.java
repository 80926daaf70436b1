package io.espalier.cli;

import io.espalier.drift.HeldOutQuality;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * How a model does on all test files: means of the files' figures, each file counting alike.
 *
 * @param accuracy share of the samples whose class it finds
 * @param agreement share of the samples on which it says what the dense model says
 * @param divergence mean KL(dense || this), nats
 * @param files the figures of each file, in the order given
 */
record TestedQuality(
        double accuracy, double agreement, double divergence, List<FileQuality> files) {

    /** Copies the list. */
    TestedQuality {
        files = List.copyOf(files);
    }

    /** The figures on one file. */
    record FileQuality(
            String file, int samples, double accuracy, double agreement, double divergence) {}

    /** Tests a model. */
    static TestedQuality of(List<TestSet> tests, ToQuality model) {
        List<FileQuality> files = tests.stream().map(test -> file(test, model.on(test))).toList();
        return new TestedQuality(
                mean(files, FileQuality::accuracy),
                mean(files, FileQuality::agreement),
                mean(files, FileQuality::divergence),
                files);
    }

    /** The quality of some model on a test set. */
    interface ToQuality {
        HeldOutQuality on(TestSet test);
    }

    private static FileQuality file(TestSet test, HeldOutQuality quality) {
        return new FileQuality(
                test.name(),
                quality.samples(),
                quality.accuracy(),
                quality.agreement(),
                quality.divergence());
    }

    private static double mean(List<FileQuality> files, ToDoubleFunction<FileQuality> figure) {
        return files.stream().mapToDouble(figure).average().orElseThrow();
    }
}
