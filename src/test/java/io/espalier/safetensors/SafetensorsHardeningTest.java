package io.espalier.safetensors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Each refusal is one edit away from {@link #VALID}, which loads. */
class SafetensorsHardeningTest {

    private static final String B =
            "\"b\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[24,28]}";
    private static final String VALID =
            "{\"__metadata__\":{\"format\":\"pt\"},"
                    + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                    + B
                    + "}";
    private static final int DATA = 28;

    private static final int MUTANTS = 100_000;

    /** More than any mutant of 200 bytes can need, and less than any number in it could ask for. */
    private static final long MAX_ALLOCATED = 1 << 18;

    @Test
    void theTwinLoads(@TempDir Path directory) throws IOException {
        Path path = write(directory, bytes(VALID), DATA);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(file.tensors().keySet()).containsExactly("a", "b");
            assertThat(file.metadata()).containsExactly(Map.entry("format", "pt"));
            assertThat(file.floats("a")).hasSize(6);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}", // no tensor and no data
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[0,7],\"data_offsets\":[0,0]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}",
                "{\"a\":{\"data_offsets\":[0,4],\"shape\":[1],\"dtype\":\"F32\"},"
                        + "\"b\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}  "
            })
    void zeroSizedAndScalarTensorsLoad(String header) throws IOException {
        int data = header.contains("[0,4]") ? 4 : 0;
        assertThat(Header.parse("twin", bytes(header), data).tensors().values())
                .allMatch(tensor -> tensor.elements() <= 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"a\":{           | \"a\"{                       | not acceptable JSON",
                "{\"__metadata__   | [\"__metadata__              | one JSON object",
                "{\"__metadata__   | ` {\"__metadata__`           | one JSON object",
                "[24,28]}}         | [24,28]}}x                   | one JSON object",
                "[24,28]}}         | [24,28]}}{}                  | goes on after",
                "[24,28]}}         | `[24,28]}} {}`               | goes on after",
                "[24,28]}}         | [24,28]}                     | not acceptable JSON",
                "[2,3]             | [[[2,3]]]                    | not a whole number",
                "\"b\":            | \"a\":                       | Duplicate field 'a'",
                "{\"__metadata__\" | {\"__metadata__\":{},\"__metadata__\" | Duplicate field",
                "\"pt\"            | 1                            | object of strings",
                "\"pt\"            | {\"x\":{\"y\":{\"z\":1}}}    | object of strings",
                "{\"format\":\"pt\"} | \"pt\"                     | __metadata__ must be an object",
                "\"I8\"            | \"I7\"                       | dtype 'I7' is not one of",
                "\"I8\"            | 8                            | dtype must be a string",
                "[4]               | [-4]                         | '-4' is not a whole number",
                "[4]               | [4.0]                        | '4.0' is not a whole number",
                "[4]               | [\"4\"]                      | '4' is not a whole number",
                "[4]               | 4                            | must be an array",
                "[2,3]             | [4294967296,4294967296]      | 2^63",
                "[2,3]             | [0,9223372036854775808]      | out of range",
                ",\"data_offsets\":[24,28] | ``                   | needs dtype, shape and two",
                "\"dtype\":\"I8\", | ``                           | needs dtype, shape and two",
                "\"shape\":[4],    | ``                           | needs dtype, shape and two",
                "\"shape\":[4]     | \"shape\":[4],\"stride\":[1] | unknown field 'stride'",
                "[24,28]           | [24]                         | needs dtype, shape and two",
                "[24,28]           | [24,28,28]                   | more than 2 numbers",
                "[24,28]           | [28,24]                      | do not lie in the data of 28",
                "[4],\"data_offsets\":[24,28] | [3],\"data_offsets\":[25,28] | hole before it",
                "[4],\"data_offsets\":[24,28] | [5],\"data_offsets\":[23,28] | overlap",
                "[4],\"data_offsets\":[24,28] | [5],\"data_offsets\":[24,29] | of 28 bytes",
                "[4],\"data_offsets\":[24,28] | [3],\"data_offsets\":[24,27] | the data at 28",
                "[4]               | [5]              | shape [5] needs 5 bytes, offsets give 4",
                "\"b\"             | \"b\\u0000\"                 | control character",
            })
    void refusesAnEditOfTheTwin(String old, String edit, String message) {
        assertThat(VALID).contains(old);
        assertThatThrownBy(() -> Header.parse("f", bytes(VALID.replace(old, edit)), DATA))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageStartingWith("f: ")
                .hasMessageContaining(message);
    }

    @Test
    void refusesBytesThatTheHeaderDoesNotCover(@TempDir Path directory) throws IOException {
        Path more = write(directory, bytes(VALID), DATA + 1);
        assertThatThrownBy(() -> SafetensorsFile.open(more))
                .hasMessage("model.safetensors: tensors end at 28, the data at 29");
        Path fewer = write(directory, bytes(VALID), DATA - 1);
        assertThatThrownBy(() -> SafetensorsFile.open(fewer))
                .hasMessageContaining("[24, 28] do not lie in the data of 27 bytes");
    }

    @Test
    void namesTheTensorAndBothNumbers() {
        String header =
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[3072,768],\"data_offsets\":[0,4718592]}}";
        assertThatThrownBy(() -> Header.parse("model.safetensors", bytes(header), 4718592))
                .hasMessage(
                        "model.safetensors: tensor 'x': shape [3072, 768] needs 9437184 bytes,"
                                + " offsets give 4718592");
    }

    @ParameterizedTest
    @ValueSource(ints = {0xff, 0xc0, 0xed})
    void refusesWhatIsNotUtf8(int first) {
        byte[] header = bytes(VALID.replace("\"b\"", "\"bb\""));
        int at = VALID.indexOf("\"b\"") + 1;
        header[at] = (byte) first;
        header[at + 1] = (byte) 0xa0;
        assertThatThrownBy(() -> Header.parse("f", header, DATA))
                .hasMessage("f: header is not UTF-8");
        header[at] = (byte) 0xc3; // an a with a grave accent
        assertThat(header).satisfies(twin -> Header.parse("f", twin, DATA));
    }

    @Test
    void readsNoOtherEncodingThanUtf8() {
        assertThatThrownBy(() -> Header.parse("f", VALID.getBytes(StandardCharsets.UTF_16LE), DATA))
                .isInstanceOf(SafetensorsException.class);
    }

    @Test
    void refusesNamesOverTheLimit() throws IOException {
        String longest = "n".repeat(Header.MAX_NAME);
        String header = VALID.replace("\"b\"", '"' + longest + '"');
        assertThat(Header.parse("f", bytes(header), DATA).tensors()).containsKey(longest);
        String over = VALID.replace("\"b\"", '"' + longest + "n\"");
        assertThatThrownBy(() -> Header.parse("f", bytes(over), DATA))
                .hasMessage("f: tensor name of 513 characters, limit is 512");
    }

    @Test
    void refusesMoreTensorsThanTheLimit() throws IOException {
        assertThat(Header.parse("f", manyTensors(Header.MAX_TENSORS), 0).tensors())
                .hasSize(Header.MAX_TENSORS);
        byte[] over = manyTensors(Header.MAX_TENSORS + 1);
        assertThatThrownBy(() -> Header.parse("f", over, 0))
                .hasMessage("f: more than 100000 tensors");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 'header length 0 '",
        "-1, 'header length 18446744073709551615 '",
        "1, 'one JSON object'",
        "100000001, 'limit of 100000000'",
        "16777217, 'limit of 16777216'",
        "16777216, 'needs 16777216 bytes, the file has '"
    })
    void refusesALengthOutOfRange(long length, String message, @TempDir Path directory)
            throws IOException {
        Path path = write(directory, bytes(VALID), DATA);
        byte[] file = Files.readAllBytes(path);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
        Files.write(path, file);
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesAFileThatEndsBeforeTheHeadersLength(@TempDir Path directory) throws IOException {
        Path path = Files.write(directory.resolve("short"), new byte[7]);
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .hasMessage("short: has 7 bytes, the length of the header alone needs 8");
    }

    @Test
    void mutantsAreRefusedOrTileTheirData() {
        long seed = Long.getLong("seed", 20_261_101L);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int refusals = 0;
        for (int i = 0; i < MUTANTS; i++) {
            byte[] mutant = mutate(bytes(VALID), random);
            long before = allocated();
            try {
                Header header = Header.parse("f", mutant, DATA);
                long covered = 0;
                for (TensorInfo tensor : header.tensors().values()) {
                    covered += tensor.end() - tensor.begin();
                }
                assertThat(covered).isEqualTo(DATA);
            } catch (SafetensorsException refused) {
                refusals++;
                assertThat(allocated() - before).isLessThan(MAX_ALLOCATED);
                assertThat(refused.getMessage()).startsWith("f: ").hasSizeLessThan(1000);
            }
        }
        System.out.println(refusals + " of " + MUTANTS + " mutants refused");
        assertThat(refusals).isBetween(MUTANTS / 2, MUTANTS - 1);
    }

    /** Bytes this thread has allocated so far. */
    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }

    private static byte[] mutate(byte[] header, Random random) {
        byte[] mutant = header;
        for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
            int at = random.nextInt(mutant.length);
            int to = at + random.nextInt(Math.min(24, mutant.length - at) + 1);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(mutant, 0, at);
            switch (random.nextInt(4)) {
                case 0 -> out.write(random.nextInt(256));
                case 1 -> out.write("{}[],:\"0-9.e \\".charAt(random.nextInt(14)));
                case 2 -> to = Math.max(at, to - 1); // drop a piece
                default -> { // double a piece
                    out.write(mutant, at, to - at);
                    to = at;
                }
            }
            out.write(mutant, to, mutant.length - to);
            mutant = out.size() == 0 ? header : out.toByteArray();
        }
        return mutant;
    }

    private static byte[] manyTensors(int count) {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i < count; i++) {
            header.append(i == 0 ? "\"" : ",\"").append(i);
            header.append("\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}");
        }
        return bytes(header.append('}').toString());
    }

    private static Path write(Path directory, byte[] header, int data) throws IOException {
        ByteBuffer file =
                ByteBuffer.allocate(8 + header.length + data).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length).put(header);
        return Files.write(directory.resolve("model.safetensors"), file.array());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
