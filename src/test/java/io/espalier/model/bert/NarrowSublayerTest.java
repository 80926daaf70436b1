package io.espalier.model.bert;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.architecture.BertConfig;
import io.espalier.safetensors.SafetensorsFile;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** A narrow sublayer is the whole one with its other units at 0. */
class NarrowSublayerTest {

    /** Float32 sums in another order. */
    private static final float ROUNDING = 1e-5f;

    @ParameterizedTest
    @CsvSource({"0, 1", "0, 3", "0, 4", "1, 1", "1, 50", "1, 96", "4, 2"})
    void itsOutputIsThatOfTheMaskedOne(int index, int kept, @TempDir Path directory)
            throws IOException {
        Path model = TinyBert.write(directory.resolve("tiny"));
        BertConfig config =
                BertConfig.parse(
                        new ObjectMapper().readTree(model.resolve("config.json").toFile()));
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                SafetensorsFile file = SafetensorsFile.open(model.resolve("model.safetensors"))) {
            BertWeights weights = new BertWeights(config, file, manager);
            BertForward forward = new BertForward(config, weights);
            List<int[]> ids = List.of(new int[5], new int[3]);
            BertInput input = BertInput.of(ids, ids, manager);
            NDArray x = manager.arange(8f * config.hidden()).sin().reshape(8, config.hidden());
            NDArray narrow = forward.narrow(index, kept, manager).run(x, input);
            NDArray masked =
                    forward.sublayer(
                            index,
                            weights.blocks.get(index),
                            x,
                            input,
                            (sublayer, read) -> read.mul(ones(kept, read.getShape(), manager)));
            assertThat(narrow.toFloatArray())
                    .usingComparatorWithPrecision(ROUNDING)
                    .containsExactly(masked.toFloatArray());
            assertThat(narrow.getShape()).isEqualTo(new Shape(8, config.hidden()));
            assertThat(narrow.sub(x).abs().max().getFloat()).isGreaterThan(0.1f);
        }
    }

    /** (1, U, 1), 1 for the first units. */
    private static NDArray ones(int kept, Shape units, NDManager manager) {
        float[] mask = new float[(int) units.get(1)];
        Arrays.fill(mask, 0, kept, 1f);
        return manager.create(mask, new Shape(1, mask.length, 1));
    }
}
