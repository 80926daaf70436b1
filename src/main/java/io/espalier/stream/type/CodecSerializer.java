package io.espalier.stream.type;

import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/**
 * Flink's view of a {@link Codec}; the snapshot in a checkpoint names the codec and its version.
 */
final class CodecSerializer<T> extends TypeSerializer<T> {

    private static final long serialVersionUID = 1L;
    private static final int COPY_BUFFER = 1 << 16;

    private final String name;
    private transient StreamTypes.@Nullable CodecType<T> type;

    /** Of a codec's name. */
    CodecSerializer(String name) {
        this.name = name;
    }

    private StreamTypes.CodecType<T> type() {
        if (type == null) {
            type = StreamTypes.byName(name);
        }
        return type;
    }

    @Override
    public void serialize(T value, DataOutputView target) throws IOException {
        type().codec().write(value, target);
    }

    @Override
    public T deserialize(DataInputView source) throws IOException {
        return type().codec().read(source);
    }

    @Override
    public T deserialize(T reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public boolean isImmutableType() {
        return !type().mutable();
    }

    @Override
    public T copy(T from) {
        if (isImmutableType()) {
            return from;
        }
        try {
            DataOutputSerializer out = new DataOutputSerializer(COPY_BUFFER);
            serialize(from, out);
            return deserialize(new DataInputDeserializer(out.getSharedBuffer(), 0, out.length()));
        } catch (IOException e) {
            throw new IllegalStateException("copy of a " + name + " in memory", e);
        }
    }

    @Override
    public T copy(T from, T reuse) {
        return copy(from);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    @SuppressWarnings("NullAway") // Flink asks for an instance only to reuse it; none is reused.
    public T createInstance() {
        return null;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public TypeSerializer<T> duplicate() {
        return this;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CodecSerializer<?> serializer && name.equals(serializer.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public TypeSerializerSnapshot<T> snapshotConfiguration() {
        return new Snapshot<>(name);
    }

    /** What a checkpoint says of the serializer it was written with. */
    public static final class Snapshot<T> implements TypeSerializerSnapshot<T> {

        private static final int VERSION = 1;

        private String name;

        /** For Flink, which then calls {@link #readSnapshot}. */
        public Snapshot() {
            this("");
        }

        private Snapshot(String name) {
            this.name = name;
        }

        @Override
        public int getCurrentVersion() {
            return VERSION;
        }

        @Override
        public void writeSnapshot(DataOutputView out) throws IOException {
            out.writeUTF(name);
        }

        @Override
        public void readSnapshot(int version, DataInputView in, ClassLoader loader)
                throws IOException {
            if (version > VERSION) {
                throw new IOException(
                        "state was written with format "
                                + version
                                + ", this Espalier reads up to "
                                + VERSION
                                + ": run the later version, or start without this state");
            }
            name = in.readUTF();
        }

        @Override
        public TypeSerializer<T> restoreSerializer() {
            return new CodecSerializer<>(name);
        }

        @Override
        public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
                TypeSerializerSnapshot<T> old) {
            return old instanceof Snapshot<?> snapshot && snapshot.name.equals(name)
                    ? TypeSerializerSchemaCompatibility.compatibleAsIs()
                    : TypeSerializerSchemaCompatibility.incompatible();
        }
    }
}
