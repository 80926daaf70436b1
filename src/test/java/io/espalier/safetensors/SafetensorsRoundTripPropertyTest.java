package io.espalier.safetensors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What was written is what is read, and equal contents are equal bytes. */
class SafetensorsRoundTripPropertyTest {

    @Test
    void readsBackWhatWasWrittenWhateverTheOrder(@TempDir Path directory) throws IOException {
        long seed = Long.getLong("seed", 20_261_101L);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            TreeMap<String, FloatTensor> tensors = new TreeMap<>();
            for (int i = random.nextInt(6); i >= 0; i--) {
                tensors.put("t\"\u00e9 " + random.nextInt(100), tensor(random));
            }
            Map<String, String> metadata = Map.of("format", "pt", "round", "\n" + round);
            Path path = directory.resolve("a.safetensors");
            SafetensorsWriter.write(path, tensors, metadata);
            Path again = directory.resolve("b.safetensors");
            SafetensorsWriter.write(again, new LinkedHashMap<>(tensors.descendingMap()), metadata);

            assertThat(again).hasSameBinaryContentAs(path);
            long header =
                    ByteBuffer.wrap(Files.readAllBytes(path))
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getLong();
            assertThat(header % 8).isZero();
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                assertThat(file.metadata()).isEqualTo(metadata);
                assertThat(file.tensors().keySet()).isEqualTo(tensors.keySet());
                for (String name : tensors.keySet()) {
                    FloatTensor expected = tensors.get(name);
                    assertThat(expected).isNotNull();
                    assertThat(file.floats(name)).isEqualTo(expected.values());
                    assertThat(file.tensor(name).shape()).isEqualTo(expected.longShape());
                }
            }
        }
    }

    @Test
    void convertsEveryHalf() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            int exponent = bits >> 10 & 31;
            double fraction = (bits & 1023) / 1024.0;
            double magnitude =
                    exponent == 0
                            ? fraction * Math.pow(2, -14)
                            : exponent < 31
                                    ? (1 + fraction) * Math.pow(2, exponent - 15)
                                    : fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            double expected = (bits & 0x8000) == 0 ? magnitude : -magnitude;
            assertThat(Float.compare(SafetensorsFile.halfToFloat((short) bits), (float) expected))
                    .as("half %x", bits)
                    .isZero();
        }
    }

    @Test
    void convertsTheOtherTypes(@TempDir Path directory) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        Map<String, TensorContent> tensors = new TreeMap<>();
        for (DType dtype : DType.values()) {
            all.clear();
            switch (dtype) {
                case F64 -> all.putDouble(-0.1).putDouble(1e300);
                case F32 -> all.putFloat(-0.1f).putFloat(Float.MIN_VALUE);
                case F16 -> all.putShort((short) 0xc000).putShort((short) 0x3555);
                case BF16 -> all.putShort((short) 0xc000).putShort((short) 0x3eab);
                case I64 -> all.putLong(Long.MIN_VALUE).putLong(7);
                case I32, U32 -> all.putInt(-2).putInt(7);
                case I16, U16 -> all.putShort((short) -2).putShort((short) 7);
                case I8, U8 -> all.put((byte) -2).put((byte) 7);
                case BOOL -> all.put((byte) 0).put((byte) 1);
            }
            byte[] bytes = new byte[all.flip().remaining()];
            all.get(bytes);
            tensors.put(dtype.name(), new TensorContent(dtype, List.of(2L), o -> o.write(bytes)));
        }
        Path path = writeContents(directory, tensors);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(file.floats("F64")).containsExactly(-0.1f, Float.POSITIVE_INFINITY);
            assertThat(file.floats("F32")).containsExactly(-0.1f, Float.MIN_VALUE);
            assertThat(file.floats("F16")).containsExactly(-2f, 0.33325195f);
            assertThat(file.floats("BF16")).containsExactly(-2f, 0.33398438f);
            assertThat(file.integers("I64")).containsExactly(Long.MIN_VALUE, 7);
            assertThat(file.integers("I32")).containsExactly(-2, 7);
            assertThat(file.integers("U32")).containsExactly(0xfffffffeL, 7);
            assertThat(file.integers("I16")).containsExactly(-2, 7);
            assertThat(file.integers("U16")).containsExactly(0xfffe, 7);
            assertThat(file.integers("I8")).containsExactly(-2, 7);
            assertThat(file.integers("U8")).containsExactly(0xfe, 7);
            assertThat(file.integers("BOOL")).containsExactly(0, 1);
            assertThatThrownBy(() -> file.floats("I8")).hasMessageContaining("'I8': dtype I8");
            assertThatThrownBy(() -> file.integers("F16")).hasMessageContaining("dtype F16");
            assertThatThrownBy(() -> file.floats("none")).hasMessageContaining("no tensor 'none'");
        }
    }

    @Test
    void cutsRowsAsStored(@TempDir Path directory) throws IOException {
        float[] values = {0, 1, 10, 11, 20, 21, 30, 31};
        Path path = directory.resolve("in.safetensors");
        SafetensorsWriter.write(
                path, Map.of("t", new FloatTensor(new int[] {4, 2}, values)), Map.of());
        try (SafetensorsFile in = SafetensorsFile.open(path)) {
            Path cut =
                    writeContents(
                            directory,
                            Map.of(
                                    "rows",
                                    in.storedRows("t", new int[] {1, 3}),
                                    "all",
                                    in.stored("t"),
                                    "none",
                                    in.storedRows("t", new int[0])));
            try (SafetensorsFile out = SafetensorsFile.open(cut)) {
                assertThat(out.floats("rows")).containsExactly(10, 11, 30, 31);
                assertThat(out.tensor("rows").shape()).containsExactly(2L, 2L);
                assertThat(out.floats("all")).isEqualTo(values);
                assertThat(out.tensor("none").shape()).containsExactly(0L, 2L);
            }
            assertThatThrownBy(() -> in.storedRows("t", new int[] {4}))
                    .hasMessage("in.safetensors: tensor 't': row 4 of 4");
        }
    }

    @Test
    void refusesContentThatDoesNotFillItsShape() {
        TensorContent two = new TensorContent(DType.U8, List.of(2L), out -> out.write(1));
        assertThatThrownBy(
                        () ->
                                SafetensorsWriter.write(
                                        new ByteArrayOutputStream(), Map.of("t", two), Map.of()))
                .hasMessage("tensor 't': shape [2] needs 2 bytes, its content gave 1");
        assertThatThrownBy(() -> new FloatTensor(new int[] {3}, new float[2]))
                .hasMessage("tensor of shape [3] needs 3 values, there are 2");
    }

    private static Path writeContents(Path directory, Map<String, TensorContent> tensors)
            throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SafetensorsWriter.write(out, tensors, SafetensorsWriter.PT);
        return Files.write(directory.resolve("out.safetensors"), out.toByteArray());
    }

    private static FloatTensor tensor(Random random) {
        int[] shape = random.ints(random.nextInt(4), 0, 6).toArray();
        int count = 1;
        for (int size : shape) {
            count *= size;
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = Float.intBitsToFloat(random.nextInt());
        }
        return new FloatTensor(shape, values);
    }
}
