package io.espalier.model;

import io.espalier.testing.GoldenMasks;
import io.espalier.testing.GoldenSamples;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** The rows of batches of consecutive samples. */
class BatchGradientsTest {

    @TempDir static Path directory;
    private static TextClassifier model;
    private static ExecutorService threads;
    private static List<ScorableSample> samples;

    @BeforeAll
    static void load() throws Exception {
        model = TextClassifier.load(TinyBert.write(directory.resolve("tiny")));
        threads = Executors.newFixedThreadPool(2);
        samples = GoldenSamples.all();
    }

    @AfterAll
    static void close() {
        threads.shutdownNow();
        model.close();
    }

    @Test
    void areTheGoldenRows() throws Exception {
        List<List<float[]>> rows = BatchGradients.rows(model, samples, 32, threads, done -> {});
        assertThat(rows).hasSameSizeAs(TinyBert.sublayers());
        for (int s = 0; s < rows.size(); s++) {
            List<float[]> golden = GoldenMasks.gradients(s);
            assertThat(rows.get(s)).hasSameSizeAs(golden);
            for (int b = 0; b < golden.size(); b++) {
                for (int u = 0; u < golden.get(b).length; u++) {
                    float expected = golden.get(b)[u];
                    assertThat(rows.get(s).get(b)[u])
                            .isCloseTo(expected, within(1e-6f + 1e-4f * Math.abs(expected)));
                }
            }
        }
    }

    @Test
    void theLastBatchMayHaveFewerAndIsStillAMean() throws Exception {
        List<List<float[]>> rows =
                BatchGradients.rows(model, samples.subList(0, 33), 32, threads, done -> {});
        List<List<float[]>> alone =
                BatchGradients.rows(model, samples.subList(32, 33), 32, threads, done -> {});
        assertThat(rows.get(1)).hasSize(2);
        assertThat(rows.get(1).get(1)).containsExactly(alone.get(1).get(0));
    }

    @Test
    void aLabelTheModelDoesNotHaveIsNamed() {
        ScorableSample good = samples.get(0);
        ScorableSample bad = new ScorableSample("odd", good.encoding(), 3);
        assertThatThrownBy(
                        () ->
                                BatchGradients.rows(
                                        model, List.of(good, bad), 32, threads, done -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sample 'odd' has label 3; the model has 3 classes");
    }
}
