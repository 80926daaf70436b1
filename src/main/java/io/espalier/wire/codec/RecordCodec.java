package io.espalier.wire.codec;

import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.avro.util.Utf8;

import io.espalier.wire.CalibrationSample;
import io.espalier.wire.ControlAcknowledgement;
import io.espalier.wire.ControlCommand;
import io.espalier.wire.DeadLetter;
import io.espalier.wire.DriftReport;
import io.espalier.wire.LabelUpdate;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.PrunedModelAnnouncement;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Avro's single-object encoding of one record type: two marker bytes, the schema's 64-bit
 * fingerprint (little-endian), the binary record, and nothing after it.
 *
 * <p>Decoding knows the schemas of this build only and never takes one from a message. It refuses
 * what Avro's own message decoder lets pass: bytes after the record and malformed UTF-8. What a
 * hostile length may allocate is bounded by {@link AvroLimits}.
 *
 * <p>Immutable and thread-safe; arrays are copied.
 *
 * @param <T> the generated record
 */
public final class RecordCodec<T extends SpecificRecordBase> {

    /** Codec of the calibration topic. */
    public static final RecordCodec<CalibrationSample> CALIBRATION_SAMPLE =
            new RecordCodec<>(CalibrationSample.getClassSchema());

    /** Codec of the masks topic. */
    public static final RecordCodec<MaskUpdate> MASK_UPDATE =
            new RecordCodec<>(MaskUpdate.getClassSchema());

    /** Codec of the models topic. */
    public static final RecordCodec<PrunedModelAnnouncement> PRUNED_MODEL_ANNOUNCEMENT =
            new RecordCodec<>(PrunedModelAnnouncement.getClassSchema());

    /** Codec of the reports on the drift topic. */
    public static final RecordCodec<DriftReport> DRIFT_REPORT =
            new RecordCodec<>(DriftReport.getClassSchema());

    /** Codec of dead letters on their way inside the job. */
    public static final RecordCodec<DeadLetter> DEAD_LETTER =
            new RecordCodec<>(DeadLetter.getClassSchema());

    /** Codec of the control topic. */
    public static final RecordCodec<ControlCommand> CONTROL_COMMAND =
            new RecordCodec<>(ControlCommand.getClassSchema());

    /** Codec of the answers to commands, on the drift topic. */
    public static final RecordCodec<ControlAcknowledgement> CONTROL_ACKNOWLEDGEMENT =
            new RecordCodec<>(ControlAcknowledgement.getClassSchema());

    /** Codec of the labels topic. */
    public static final RecordCodec<LabelUpdate> LABEL_UPDATE =
            new RecordCodec<>(LabelUpdate.getClassSchema());

    private static final int HEADER = 10;
    private static final byte[] MARKER = {(byte) 0xC3, 0x01};

    /**
     * Finds the generated classes beside this one. Avro's own shared model remembers the classes of
     * whoever asked first, which on a TaskManager may be an earlier job's.
     */
    private static final SpecificData CLASSES =
            new SpecificData(RecordCodec.class.getClassLoader());

    private final Schema schema;
    private final long fingerprint;

    private RecordCodec(Schema schema) {
        this.schema = schema;
        this.fingerprint = SchemaNormalization.parsingFingerprint64(schema);
    }

    /** The encoding of a complete record. */
    public byte[] encode(T value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(MARKER);
        out.writeBytes(
                ByteBuffer.allocate(Long.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(fingerprint)
                        .array());
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        try {
            new SpecificDatumWriter<T>(schema, CLASSES).write(value, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return out.toByteArray();
    }

    /** Whether these bytes claim to be of this type; a topic may carry several. */
    public boolean claimedBy(byte[] bytes) {
        return claimedFingerprint(bytes) != null && fingerprintOf(bytes) == fingerprint;
    }

    /**
     * The record that the whole of {@code bytes} encodes.
     *
     * @throws WireException if they do not
     */
    public T decode(byte[] bytes) throws WireException {
        String claimed = claimedFingerprint(bytes);
        if (claimed == null) {
            throw new WireException(
                    bytes.length
                            + " bytes do not begin with the 10-byte header of Avro's single-object"
                            + " encoding");
        }
        if (fingerprintOf(bytes) != fingerprint) {
            throw new WireException(
                    "schema fingerprint "
                            + claimed
                            + " is not that of "
                            + schema.getName()
                            + ", "
                            + hex(fingerprint));
        }
        BinaryDecoder decoder =
                DecoderFactory.get().binaryDecoder(bytes, HEADER, bytes.length - HEADER, null);
        T value;
        boolean atEnd;
        try {
            value = new StrictReader<T>(schema).read(null, decoder);
            atEnd = decoder.isEnd();
        } catch (IOException | RuntimeException e) { // Avro throws both kinds on malformed input.
            throw new WireException(
                    "malformed " + schema.getName() + " of " + bytes.length + " bytes: " + e, e);
        }
        if (!atEnd) {
            throw new WireException(
                    schema.getName() + " ends before the " + bytes.length + " bytes do");
        }
        return value;
    }

    /**
     * The same for a record of plain fields, in a JVM that was started without {@link AvroLimits}:
     * a length is compared with the bytes that are there before anything is allocated for it.
     */
    public T decodeWithoutLimits(byte[] bytes) throws WireException {
        if (claimedBy(bytes)) {
            PlainLengths.require(schema, bytes, HEADER);
        }
        return decode(bytes);
    }

    /** This record type's fingerprint, 16 hexadecimal digits. */
    public String fingerprint() {
        return hex(fingerprint);
    }

    /** The fingerprint a message claims, 16 hexadecimal digits; null if it has no header. */
    public static @Nullable String claimedFingerprint(byte[] bytes) {
        boolean header = bytes.length >= HEADER && bytes[0] == MARKER[0] && bytes[1] == MARKER[1];
        return header ? hex(fingerprintOf(bytes)) : null;
    }

    private static long fingerprintOf(byte[] bytes) {
        return ByteBuffer.wrap(bytes, MARKER.length, Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
    }

    private static String hex(long fingerprint) {
        return HexFormat.of().toHexDigits(fingerprint);
    }

    /** Avro's reader, but malformed UTF-8 is an error and not a replacement character. */
    private static final class StrictReader<T> extends SpecificDatumReader<T> {

        StrictReader(Schema schema) {
            super(schema, schema, CLASSES);
        }

        @Override
        protected Object readString(@Nullable Object old, Schema expected, Decoder in)
                throws IOException {
            Utf8 raw = in.readString(null);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(raw.getBytes(), 0, raw.getByteLength()))
                    .toString();
        }
    }
}
