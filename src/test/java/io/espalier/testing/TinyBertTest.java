package io.espalier.testing;

import io.espalier.safetensors.SafetensorsFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** The fixture tells the truth about the golden files. */
class TinyBertTest {

    @Test
    void writesTheGoldenWeightsUnderTheirHuggingFaceNames(@TempDir Path directory)
            throws IOException {
        TinyBert.write(directory);
        try (SafetensorsFile file = SafetensorsFile.open(directory.resolve("model.safetensors"))) {
            assertThat(file.tensors()).hasSize(57).containsKey("classifier.weight");
            assertThat(file.metadata()).containsEntry("format", "pt");
            String dense = "bert.encoder.layer.1.output.dense.weight";
            assertThat(file.tensor(dense).shape()).isEqualTo(List.of(32L, 96L));
            assertThat(file.floats(dense)).isEqualTo(TinyBert.floats("w/" + dense));
        }
    }

    @Test
    void batchesHoldTheValidTokensTheReadmeCounts() {
        int tokens = 0;
        for (TinyBert.Batch batch : TinyBert.batches()) {
            for (int sample = 0; sample < batch.labels().length; sample++) {
                tokens += batch.tokens(sample).length;
                assertThat(batch.tokens(sample)).startsWith(1).doesNotContain(0);
            }
        }
        assertThat(tokens).isEqualTo(2635);
    }

    @Test
    void textNamesTheTokensAfterTheFirst() {
        TinyBert.Batch batch =
                new TinyBert.Batch(
                        new int[][] {{1, 7, 9, 0}}, new int[][] {{1, 1, 1, 0}}, new int[] {0});
        assertThat(batch.text(0)).isEqualTo("w7 w9");
    }
}
