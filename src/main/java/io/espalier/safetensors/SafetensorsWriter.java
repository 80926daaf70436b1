package io.espalier.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes safetensors files, byte-stable: equal tensors and metadata give equal files.
 *
 * <p>Tensors lie by type, widest first, then by name; the header is padded with spaces to a
 * multiple of 8 bytes, so every tensor is aligned to its own width. Names the reader would refuse
 * are refused here.
 */
public final class SafetensorsWriter {

    /** The metadata that lets the PyTorch libraries load a file. */
    public static final Map<String, String> PT = Map.of("format", "pt");

    private static final JsonFactory JSON = new JsonFactory();

    private SafetensorsWriter() {}

    /**
     * Writes tensors as F32 and forces them to the disk. A file of that name is replaced, not
     * atomically.
     */
    public static void write(
            Path path, Map<String, FloatTensor> tensors, Map<String, String> metadata)
            throws IOException {
        Map<String, TensorContent> contents = new TreeMap<>();
        tensors.forEach((name, tensor) -> contents.put(name, TensorContent.of(tensor)));
        try (FileChannel channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            write(Channels.newOutputStream(channel), contents, metadata);
            channel.force(true);
        }
    }

    /** Writes to a stream, which is flushed and left open. */
    public static void write(
            OutputStream stream, Map<String, TensorContent> tensors, Map<String, String> metadata)
            throws IOException {
        List<Map.Entry<String, TensorContent>> order = new ArrayList<>(tensors.entrySet());
        order.sort(
                Comparator.<Map.Entry<String, TensorContent>, DType>comparing(
                                entry -> entry.getValue().dtype())
                        .thenComparing(Map.Entry::getKey));
        Counting out = new Counting(new BufferedOutputStream(stream, 1 << 16));
        byte[] header = header(order, metadata);
        int padding = -header.length & 7;
        out.write(
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(header.length + padding)
                        .array());
        out.write(header);
        out.write(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII));
        for (Map.Entry<String, TensorContent> entry : order) {
            long before = out.written;
            entry.getValue().payload().writeTo(out);
            if (out.written - before != entry.getValue().bytes()) {
                throw new IOException(
                        "tensor '"
                                + entry.getKey()
                                + "': shape "
                                + entry.getValue().shape()
                                + " needs "
                                + entry.getValue().bytes()
                                + " bytes, its content gave "
                                + (out.written - before));
            }
        }
        out.flush();
    }

    private static byte[] header(
            List<Map.Entry<String, TensorContent>> order, Map<String, String> metadata)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(Header.METADATA);
                for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            long offset = 0;
            for (Map.Entry<String, TensorContent> entry : order) {
                checkName(entry.getKey());
                TensorContent tensor = entry.getValue();
                json.writeObjectFieldStart(entry.getKey());
                json.writeStringField("dtype", tensor.dtype().name());
                json.writeFieldName("shape");
                writeNumbers(json, tensor.shape());
                json.writeFieldName("data_offsets");
                writeNumbers(json, List.of(offset, offset + tensor.bytes()));
                json.writeEndObject();
                offset += tensor.bytes();
            }
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void writeNumbers(JsonGenerator json, List<Long> numbers) throws IOException {
        long[] array = numbers.stream().mapToLong(Long::longValue).toArray();
        json.writeArray(array, 0, array.length);
    }

    private static void checkName(String name) {
        if (name.equals(Header.METADATA)
                || name.length() > Header.MAX_NAME
                || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "tensor name '"
                            + Header.quotable(name)
                            + "': is reserved, over "
                            + Header.MAX_NAME
                            + " characters or holds a control character");
        }
    }

    /** Counts what passes. */
    private static final class Counting extends FilterOutputStream {
        private long written;

        Counting(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            written++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            written += length;
        }
    }
}
