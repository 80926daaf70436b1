package io.espalier.stream.type;

import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

import io.espalier.stream.GoldenSnapshot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The committed bytes of every type that crosses the network or rests in state: what an earlier
 * build has written is read, and written back equal. Where a format has to change, its version
 * does, and the files are written anew with {@code -Despalier.golden.write=true}.
 */
class StateGoldenTest {

    static List<String> names() {
        return StreamTypes.names();
    }

    private static List<Object> values(String name) {
        return Objects.requireNonNull(StreamExamples.byName().get(name), name);
    }

    private static byte[] golden(String name) throws IOException {
        var file = GoldenSnapshot.file(name + ".bin");
        if (GoldenSnapshot.isWritten()) {
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.write(file, bytes(name, values(name)));
        }
        return Files.readAllBytes(file);
    }

    private static byte[] bytes(String name, List<Object> values) throws IOException {
        TypeSerializer<Object> serializer = new CodecSerializer<>(name);
        DataOutputSerializer out = new DataOutputSerializer(64);
        for (Object value : values) {
            serializer.serialize(value, out);
        }
        return out.getCopyOfBuffer();
    }

    @ParameterizedTest
    @MethodSource("names")
    void readsWhatAnEarlierBuildWroteAndWritesItBackEqual(String name) throws IOException {
        byte[] golden = golden(name);
        TypeSerializer<Object> serializer = new CodecSerializer<>(name);
        DataInputDeserializer in = new DataInputDeserializer(golden);
        for (Object value : values(name)) {
            Object read = serializer.deserialize(in);
            assertThat(read)
                    .usingRecursiveComparison()
                    .withEqualsForType(Double::equals, Double.class)
                    .withEqualsForType(Float::equals, Float.class)
                    .isEqualTo(value);
        }
        assertThat(in.available()).isZero();
        assertThat(bytes(name, values(name))).isEqualTo(golden);
    }

    @Test
    void readsPublicationsThatKnewNoReferences() throws IOException {
        DataInputDeserializer in =
                new DataInputDeserializer(
                        Files.readAllBytes(GoldenSnapshot.file("publication-v1.bin")));
        for (Object value : values("publication")) {
            Publication now = (Publication) value;
            assertThat(Publication.read(in))
                    .isEqualTo(new Publication(now.staged(), now.live(), new TreeSet<>()));
        }
        assertThat(in.available()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "accepted-sample, 0, accepted sample of version",
        "control-state, 0, control state of version",
        "decision-memory, 0, decision memory of version",
        "pane-statistics, 4, statistics", // Behind their number.
        "publication, 0, publication of version",
        "sublayer-summary, 0, sublayer summary of version",
        "windowed-sample, 8, accepted sample of version", // Behind the window's end.
        "windowed-statistics, 8, statistics",
        "windowed-summary, 8, sublayer summary of version"
    })
    void refusesAnotherVersion(String name, int at, String what) throws IOException {
        TypeSerializer<Object> serializer = new CodecSerializer<>(name);
        byte[] golden = golden(name);
        assertThat(serializer.deserialize(new DataInputDeserializer(golden))).isNotNull();
        golden[at] ^= 0x40;
        assertThatThrownBy(() -> serializer.deserialize(new DataInputDeserializer(golden)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(what)
                .hasMessageContaining(" " + golden[at]);
    }
}
