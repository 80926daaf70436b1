package io.espalier.stream.type;

import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.util.InstantiationUtil;

import io.espalier.fisher.SublayerStatistics;
import io.espalier.wire.DeadLetter;
import io.espalier.wire.codec.WireExamples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What holds for the serializer of every type that crosses the network or rests in state. */
class StreamTypesTest {

    private static final Set<String> MUTABLE = Set.of("pane-statistics", "windowed-statistics");

    static List<String> names() {
        return StreamTypes.names();
    }

    private static List<Object> values(String name) {
        return Objects.requireNonNull(StreamExamples.byName().get(name), name);
    }

    @Test
    void namesNeverChange() {
        assertThat(StreamTypes.names()).containsExactlyElementsOf(StreamExamples.byName().keySet());
    }

    @ParameterizedTest
    @MethodSource("names")
    void valuesSurviveBitForBit(String name) throws IOException {
        TypeSerializer<Object> serializer = new CodecSerializer<>(name);
        for (Object value : values(name)) {
            byte[] bytes = bytes(serializer, value);
            DataInputDeserializer in = new DataInputDeserializer(bytes);
            Object read = serializer.deserialize(in);
            assertThat(in.available()).isZero();
            assertThat(read)
                    .isNotSameAs(value)
                    .usingRecursiveComparison()
                    .withEqualsForType(Double::equals, Double.class)
                    .withEqualsForType(Float::equals, Float.class)
                    .isEqualTo(value);
            assertThat(bytes(serializer, read)).isEqualTo(bytes);
            assertThat(bytes(serializer, serializer.deserialize(value, fresh(bytes))))
                    .isEqualTo(bytes);
        }
    }

    @Test
    void deadLettersMayBeLargerThanWhatAvroReads() throws IOException {
        TypeSerializer<DeadLetter> serializer = new CodecSerializer<>("dead-letter");
        byte[] payload = new byte[(8 << 20) + 1];
        payload[8 << 20] = 17;
        DeadLetter letter =
                DeadLetter.newBuilder(WireExamples.deadLetter())
                        .setPayload(ByteBuffer.wrap(payload))
                        .build();
        byte[] bytes = bytes(serializer, letter);
        assertThat(serializer.deserialize(fresh(bytes))).isEqualTo(letter);
    }

    @ParameterizedTest
    @MethodSource("names")
    void recordsFollowEachOtherInAStream(String name) throws IOException {
        TypeSerializer<Object> serializer = new CodecSerializer<>(name);
        Object value = values(name).get(0);
        byte[] bytes = bytes(serializer, value);
        DataOutputSerializer copied = new DataOutputSerializer(64);
        serializer.copy(fresh(bytes), copied);
        assertThat(copied.getCopyOfBuffer()).isEqualTo(bytes);
        serializer.copy(fresh(bytes), copied);
        DataInputDeserializer both = fresh(copied.getCopyOfBuffer());
        for (int i = 0; i < 2; i++) {
            assertThat(bytes(serializer, serializer.deserialize(both))).isEqualTo(bytes);
        }
        assertThat(both.available()).isZero();
    }

    @ParameterizedTest
    @MethodSource("names")
    void copiesAreSafe(String name) throws IOException {
        TypeSerializer<Object> serializer = new CodecSerializer<>(name);
        assertThat(serializer.isImmutableType()).isEqualTo(!MUTABLE.contains(name));
        Object value = values(name).get(0);
        if (serializer.isImmutableType()) {
            assertThat(serializer.copy(value)).isSameAs(value);
        } else {
            Object copy = serializer.copy(value);
            assertThat(copy).isNotSameAs(value);
            assertThat(bytes(serializer, copy)).isEqualTo(bytes(serializer, value));
        }
    }

    @Test
    void aCopyOfStatisticsDoesNotSeeWhatTheOriginalGathers() throws IOException {
        TypeSerializer<Windowed<SublayerStatistics>> serializer =
                new CodecSerializer<>("windowed-statistics");
        SublayerStatistics statistics = StreamExamples.statistics();
        Windowed<SublayerStatistics> original = new Windowed<>(1, statistics);
        byte[] before = bytes(serializer, original);
        Windowed<SublayerStatistics> copy = serializer.copy(original);
        statistics.merge(StreamExamples.statistics());
        statistics.moments().gram().packed()[0]++;
        assertThat(bytes(serializer, original)).isNotEqualTo(before);
        assertThat(bytes(serializer, copy)).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("names")
    void aCheckpointsSnapshotRestoresTheSerializer(String name) throws Exception {
        TypeSerializer<Object> serializer = new CodecSerializer<>(name);
        TypeSerializerSnapshot<Object> restored = throughCheckpoint(serializer);
        assertThat(restored.restoreSerializer()).isEqualTo(serializer);
        assertThat(
                        serializer
                                .snapshotConfiguration()
                                .resolveSchemaCompatibility(restored)
                                .isCompatibleAsIs())
                .isTrue();
        String other = name.equals("raw-record") ? "publication" : "raw-record";
        TypeSerializer<Object> otherSerializer = new CodecSerializer<>(other);
        assertThat(
                        otherSerializer
                                .snapshotConfiguration()
                                .resolveSchemaCompatibility(restored)
                                .isIncompatible())
                .isTrue();
    }

    private static TypeSerializerSnapshot<Object> throughCheckpoint(
            TypeSerializer<Object> serializer) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());
        return TypeSerializerSnapshot.readVersionedSnapshot(
                fresh(out.getCopyOfBuffer()), StreamTypesTest.class.getClassLoader());
    }

    @Test
    void aSnapshotOfALaterFormatIsRefused() throws IOException {
        TypeSerializerSnapshot<Object> snapshot = new CodecSerializer.Snapshot<>();
        byte[] name = utf("raw-record");
        ClassLoader loader = StreamTypesTest.class.getClassLoader();
        int version = snapshot.getCurrentVersion();
        assertThatThrownBy(() -> snapshot.readSnapshot(version + 1, fresh(name), loader))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "state was written with format 2, this Espalier reads up to 1: run the"
                                + " later version, or start without this state");
        snapshot.readSnapshot(version, fresh(name), loader);
        assertThat(snapshot.restoreSerializer()).isEqualTo(new CodecSerializer<>("raw-record"));
    }

    private static byte[] utf(String text) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(16);
        out.writeUTF(text);
        return out.getCopyOfBuffer();
    }

    @Test
    void aNameThatIsUnknownIsRefused() {
        TypeSerializer<Object> unknown = new CodecSerializer<>("raw-records");
        assertThatThrownBy(() -> unknown.deserialize(fresh(new byte[9])))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "state holds the type 'raw-records', which this Espalier does not know");
    }

    @ParameterizedTest
    @MethodSource("names")
    void typesTravelWithTheJobGraph(String name) throws Exception {
        TypeInformation<Object> type = new CodecTypeInfo<>(name);
        TypeSerializer<Object> serializer = type.createSerializer(new SerializerConfigImpl());
        Object value = values(name).get(0);
        byte[] bytes = bytes(serializer, value);
        assertThat(value).isInstanceOf(type.getTypeClass());
        assertThat(InstantiationUtil.clone(type)).isEqualTo(type).hasSameHashCodeAs(type);
        TypeSerializer<Object> travelled = InstantiationUtil.clone(serializer);
        assertThat(travelled).isEqualTo(serializer).isEqualTo(serializer.duplicate());
        assertThat(bytes(travelled, value)).isEqualTo(bytes);
    }

    private static <T> byte[] bytes(TypeSerializer<T> serializer, T value) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(value, out);
        return out.getCopyOfBuffer();
    }

    private static DataInputDeserializer fresh(byte[] bytes) {
        return new DataInputDeserializer(bytes);
    }
}
