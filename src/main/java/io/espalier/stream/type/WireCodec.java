package io.espalier.stream.type;

import org.apache.avro.specific.SpecificRecordBase;

import io.espalier.wire.DeadLetter;
import io.espalier.wire.codec.RecordCodec;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Records of the wire, between operators: in their published encoding, after its length. */
final class WireCodec<T extends SpecificRecordBase> implements Codec<T> {

    private final RecordCodec<T> records;

    /** A codec over the published encoding. */
    WireCodec(RecordCodec<T> records) {
        this.records = records;
    }

    @Override
    public void write(T value, DataOutput out) throws IOException {
        writeBytes(out, ByteBuffer.wrap(records.encode(value)));
    }

    @Override
    public T read(DataInput in) throws IOException {
        return records.decode(readBytes(in));
    }

    /**
     * Dead letters, field by field: a refused payload may be larger than what Avro's limits allow
     * to decode.
     */
    static final class OfDeadLetter implements Codec<DeadLetter> {

        @Override
        public void write(DeadLetter letter, DataOutput out) throws IOException {
            writeBytes(out, letter.getPayload());
            out.writeUTF(letter.getTopic());
            out.writeInt(letter.getPartition());
            out.writeLong(letter.getOffset());
            out.writeLong(letter.getTimestamp());
            out.writeUTF(letter.getStage());
            out.writeUTF(letter.getErrorClass());
            out.writeUTF(letter.getMessage());
            String fingerprint = letter.getSchemaFingerprint();
            out.writeBoolean(fingerprint != null);
            if (fingerprint != null) {
                out.writeUTF(fingerprint);
            }
        }

        @Override
        public DeadLetter read(DataInput in) throws IOException {
            return DeadLetter.newBuilder()
                    .setPayload(ByteBuffer.wrap(readBytes(in)))
                    .setTopic(in.readUTF())
                    .setPartition(in.readInt())
                    .setOffset(in.readLong())
                    .setTimestamp(in.readLong())
                    .setStage(in.readUTF())
                    .setErrorClass(in.readUTF())
                    .setMessage(in.readUTF())
                    .setSchemaFingerprint(in.readBoolean() ? in.readUTF() : null)
                    .build();
        }
    }

    private static void writeBytes(DataOutput out, ByteBuffer bytes) throws IOException {
        ByteBuffer view = bytes.duplicate();
        byte[] copy = new byte[view.remaining()];
        view.get(copy);
        out.writeInt(copy.length);
        out.write(copy);
    }

    private static byte[] readBytes(DataInput in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }
}
