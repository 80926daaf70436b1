package io.espalier.safetensors;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * An open safetensors file whose tensors are read one at a time.
 *
 * <p>Opening reads and checks the header only; what it allocates is bounded by the bytes that are
 * really there, never by a number the file states. Safe for use by several threads, until closed. A
 * file that breaks the format is refused with a {@link SafetensorsException}.
 */
public final class SafetensorsFile implements Closeable {

    /** The format's own limit on the header. */
    static final long FORMAT_MAX_HEADER = 100_000_000;

    /** This reader's limit; the largest published models stay under 1 MiB. */
    static final long MAX_HEADER = 16 << 20;

    private static final int CHUNK = 1 << 18;

    private final String file;
    private final FileChannel channel;
    private final long dataStart;
    private final Header header;

    private SafetensorsFile(String file, FileChannel channel, long dataStart, Header header) {
        this.file = file;
        this.channel = channel;
        this.dataStart = dataStart;
        this.header = header;
    }

    /** Opens a file and checks all of its header. */
    public static SafetensorsFile open(Path path) throws IOException {
        String file = String.valueOf(path.getFileName());
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            long size = channel.size();
            if (size < 8) {
                throw new SafetensorsException(
                        file, "has " + size + " bytes, the length of the header alone needs 8");
            }
            long length = read(file, channel, 0, 8).getLong();
            checkLength(file, length, size);
            byte[] json = read(file, channel, 8, (int) length).array();
            Header header = Header.parse(file, json, size - 8 - length);
            return new SafetensorsFile(file, channel, 8 + length, header);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void checkLength(String file, long length, long size)
            throws SafetensorsException {
        if (length <= 0) {
            throw new SafetensorsException(
                    file, "header length " + Long.toUnsignedString(length) + " is not in range");
        }
        if (length > FORMAT_MAX_HEADER || length > MAX_HEADER) {
            throw new SafetensorsException(
                    file,
                    "header of "
                            + length
                            + " bytes is over the limit of "
                            + (length > FORMAT_MAX_HEADER ? FORMAT_MAX_HEADER : MAX_HEADER));
        }
        if (length > size - 8) {
            throw new SafetensorsException(
                    file, "header needs " + length + " bytes, the file has " + (size - 8));
        }
    }

    /** The tensors by name. */
    public SortedMap<String, TensorInfo> tensors() {
        return header.tensors();
    }

    /** What the header says of one tensor; refuses a name that is not there. */
    public TensorInfo tensor(String name) throws SafetensorsException {
        TensorInfo tensor = header.tensors().get(name);
        if (tensor == null) {
            throw new SafetensorsException(file, "has no tensor '" + name + "'");
        }
        return tensor;
    }

    /** The free-form metadata; hostile input like everything else in the file. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /**
     * One tensor's elements, converted to float.
     *
     * @throws SafetensorsException if there is no such tensor, its type is not F64, F32, F16 or
     *     BF16, or it is too large for one array
     */
    public float[] floats(String name) throws IOException {
        TensorInfo tensor = tensor(name);
        FloatElement element = floatElement(tensor);
        float[] values = new float[count(tensor)];
        each(tensor, (bytes, i) -> values[i] = element.take(bytes));
        return values;
    }

    /**
     * Writes one tensor's elements, converted to float, little-endian; holds a small part of them
     * at a time.
     *
     * @throws SafetensorsException if there is no such tensor, or its type is not F64, F32, F16 or
     *     BF16
     */
    public void writeFloats(String name, OutputStream out) throws IOException {
        TensorInfo tensor = tensor(name);
        FloatElement element = floatElement(tensor);
        int elements = CHUNK / tensor.dtype().bytes();
        ByteBuffer floats =
                ByteBuffer.allocate(elements * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long position = tensor.begin();
        while (position < tensor.end()) {
            int length = (int) Math.min(CHUNK, tensor.end() - position);
            ByteBuffer bytes = read(file, channel, dataStart + position, length);
            floats.clear();
            while (bytes.hasRemaining()) {
                floats.putFloat(element.take(bytes));
            }
            out.write(floats.array(), 0, floats.position());
            position += length;
        }
    }

    /** Takes one element, converted to float, from the buffer's position. */
    private interface FloatElement {
        float take(ByteBuffer bytes);
    }

    private FloatElement floatElement(TensorInfo tensor) throws SafetensorsException {
        return switch (tensor.dtype()) {
            case F64 -> bytes -> (float) bytes.getDouble();
            case F32 -> ByteBuffer::getFloat;
            case F16 -> bytes -> halfToFloat(bytes.getShort());
            case BF16 -> bytes -> Float.intBitsToFloat(bytes.getShort() << 16);
            default -> throw wrongType(tensor, "F64, F32, F16, BF16");
        };
    }

    /**
     * One tensor's elements as whole numbers.
     *
     * @throws SafetensorsException if there is no such tensor, its type is a floating one, or it is
     *     too large for one array
     */
    public long[] integers(String name) throws IOException {
        TensorInfo tensor = tensor(name);
        long[] values = new long[count(tensor)];
        switch (tensor.dtype()) {
            case I64 -> each(tensor, (bytes, i) -> values[i] = bytes.getLong());
            case I32 -> each(tensor, (bytes, i) -> values[i] = bytes.getInt());
            case U32 ->
                    each(tensor, (bytes, i) -> values[i] = Integer.toUnsignedLong(bytes.getInt()));
            case I16 -> each(tensor, (bytes, i) -> values[i] = bytes.getShort());
            case U16 ->
                    each(tensor, (bytes, i) -> values[i] = Short.toUnsignedLong(bytes.getShort()));
            case I8 -> each(tensor, (bytes, i) -> values[i] = bytes.get());
            case U8, BOOL ->
                    each(tensor, (bytes, i) -> values[i] = Byte.toUnsignedLong(bytes.get()));
            default -> throw wrongType(tensor, "a whole-number type");
        }
        return values;
    }

    /** One tensor as it is, to be written into another file while this one is open. */
    public TensorContent stored(String name) throws IOException {
        TensorInfo tensor = tensor(name);
        return new TensorContent(
                tensor.dtype(),
                tensor.shape(),
                out -> copy(dataStart + tensor.begin(), tensor.end() - tensor.begin(), out));
    }

    /**
     * Some rows (indices of the first dimension) of a tensor, otherwise as it is.
     *
     * @throws SafetensorsException if there is no such tensor or no such row
     */
    public TensorContent storedRows(String name, int[] rows) throws IOException {
        TensorInfo tensor = tensor(name);
        long available = tensor.shape().isEmpty() ? 0 : tensor.shape().get(0);
        for (int row : rows) {
            if (row < 0 || row >= available) {
                throw new SafetensorsException(
                        file, "tensor '" + name + "': row " + row + " of " + available);
            }
        }
        int[] wanted = rows.clone();
        long rowBytes = available == 0 ? 0 : (tensor.end() - tensor.begin()) / available;
        List<Long> shape = new ArrayList<>(tensor.shape());
        if (!shape.isEmpty()) {
            shape.set(0, (long) rows.length);
        }
        return new TensorContent(
                tensor.dtype(),
                shape,
                out -> {
                    for (int row : wanted) {
                        copy(dataStart + tensor.begin() + row * rowBytes, rowBytes, out);
                    }
                });
    }

    /** The SHA-256 of the whole file in lower-case hexadecimal, a model's identity. */
    public String sha256() throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        copy(0, channel.size(), new DigestOutputStream(OutputStream.nullOutputStream(), digest));
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Takes element i from the buffer's position. */
    private interface Element {
        void take(ByteBuffer bytes, int i);
    }

    private void each(TensorInfo tensor, Element element) throws IOException {
        long position = tensor.begin();
        int i = 0;
        while (position < tensor.end()) {
            int length = (int) Math.min(CHUNK, tensor.end() - position);
            ByteBuffer bytes = read(file, channel, dataStart + position, length);
            while (bytes.hasRemaining()) {
                element.take(bytes, i++);
            }
            position += length;
        }
    }

    private void copy(long position, long length, OutputStream out) throws IOException {
        for (long done = 0; done < length; done += CHUNK) {
            int count = (int) Math.min(CHUNK, length - done);
            out.write(read(file, channel, position + done, count).array(), 0, count);
        }
    }

    private static ByteBuffer read(String file, FileChannel channel, long position, int length)
            throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, position + bytes.position()) < 0) {
                throw new EOFException(
                        file + ": ends at " + channel.size() + " bytes while it is being read");
            }
        }
        return bytes.flip();
    }

    private int count(TensorInfo tensor) throws SafetensorsException {
        if (tensor.elements() > Integer.MAX_VALUE - 8) {
            throw new SafetensorsException(
                    file,
                    "tensor '"
                            + tensor.name()
                            + "': "
                            + tensor.elements()
                            + " elements, one array holds "
                            + (Integer.MAX_VALUE - 8));
        }
        return (int) tensor.elements();
    }

    private SafetensorsException wrongType(TensorInfo tensor, String wanted) {
        return new SafetensorsException(
                file,
                "tensor '" + tensor.name() + "': dtype " + tensor.dtype() + ", not " + wanted);
    }

    /** IEEE 754 half to single, exact for every half. */
    static float halfToFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half >> 10 & 0x1f;
        int mantissa = half & 0x3ff;
        if (exponent == 0) {
            float magnitude = mantissa * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int wide = exponent == 0x1f ? 0xff : exponent - 15 + 127;
        return Float.intBitsToFloat(sign | wide << 23 | mantissa << 13);
    }
}
