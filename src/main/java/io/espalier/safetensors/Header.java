package io.espalier.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The header of a file, parsed as hostile input: strict UTF-8, nesting of at most 4, no key twice,
 * and tensors that tile the data without hole, overlap or rest.
 *
 * <p>Nothing is allocated by a number the header states.
 *
 * @param tensors by name
 * @param metadata as found; nothing here believes it
 */
record Header(SortedMap<String, TensorInfo> tensors, Map<String, String> metadata) {

    static final String METADATA = "__metadata__";
    static final int MAX_NAME = 512;
    static final int MAX_TENSORS = 100_000;
    private static final int MAX_RANK = 64;
    private static final int MAX_QUOTED = 200;

    private static final JsonFactory JSON =
            new JsonFactoryBuilder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(4).build())
                    .build();

    /**
     * Parses and checks a header.
     *
     * @param file the name for messages
     * @param dataBytes bytes of the file behind the header
     */
    static Header parse(String file, byte[] json, long dataBytes) throws SafetensorsException {
        int last = json.length - 1;
        while (last > 0 && json[last] == ' ') {
            last--;
        }
        if (json[0] != '{' || json[last] != '}') {
            throw new SafetensorsException(
                    file, "header must be one JSON object from its first byte, then spaces only");
        }
        // A reader of our own: Jackson would otherwise guess the encoding from the first bytes.
        var reader =
                new InputStreamReader(
                        new ByteArrayInputStream(json), StandardCharsets.UTF_8.newDecoder());
        try (JsonParser parser = JSON.createParser(reader)) {
            Header header = new Parse(file, parser, dataBytes).root();
            header.checkTiling(file, dataBytes);
            return header;
        } catch (CharacterCodingException e) {
            throw new SafetensorsException(file, "header is not UTF-8", e);
        } catch (JsonProcessingException e) {
            throw new SafetensorsException(
                    file, "header is not acceptable JSON: " + quotable(e.getOriginalMessage()), e);
        } catch (SafetensorsException e) {
            throw e;
        } catch (IOException e) {
            throw new SafetensorsException(file, "header cannot be read", e);
        }
    }

    /** Text from outside, fit for a log line. */
    static String quotable(String text) {
        String head = text.length() > MAX_QUOTED ? text.substring(0, MAX_QUOTED) + "..." : text;
        return head.replaceAll("\\p{Cntrl}", "?");
    }

    private void checkTiling(String file, long dataBytes) throws SafetensorsException {
        List<TensorInfo> byOffset = new ArrayList<>(tensors.values());
        byOffset.sort(
                Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
        long covered = 0;
        for (TensorInfo tensor : byOffset) {
            if (tensor.begin() != covered) {
                throw new SafetensorsException(
                        file,
                        "tensor '"
                                + quotable(tensor.name())
                                + "': "
                                + (tensor.begin() > covered ? "hole before it" : "overlap")
                                + ", it begins at "
                                + tensor.begin()
                                + ", the tensors before it end at "
                                + covered);
            }
            covered = tensor.end();
        }
        if (covered != dataBytes) {
            throw new SafetensorsException(
                    file, "tensors end at " + covered + ", the data at " + dataBytes);
        }
    }

    /** One pass over the tokens. */
    private static final class Parse {
        private final String file;
        private final JsonParser parser;
        private final long dataBytes;
        private final SortedMap<String, TensorInfo> tensors = new TreeMap<>();
        private Map<String, String> metadata = Map.of();

        Parse(String file, JsonParser parser, long dataBytes) {
            this.file = file;
            this.parser = parser;
            this.dataBytes = dataBytes;
        }

        Header root() throws IOException {
            expect(JsonToken.START_OBJECT, "the header", "an object");
            for (String name = parser.nextFieldName();
                    name != null;
                    name = parser.nextFieldName()) {
                if (name.equals(METADATA)) {
                    metadata = metadata();
                } else {
                    tensors.put(name, tensor(name));
                }
                if (tensors.size() > MAX_TENSORS) {
                    throw new SafetensorsException(file, "more than " + MAX_TENSORS + " tensors");
                }
            }
            if (parser.nextToken() != null) {
                throw new SafetensorsException(file, "header goes on after its JSON object");
            }
            return new Header(
                    Collections.unmodifiableSortedMap(tensors),
                    Collections.unmodifiableMap(metadata));
        }

        private Map<String, String> metadata() throws IOException {
            expect(JsonToken.START_OBJECT, METADATA, "an object");
            Map<String, String> found = new TreeMap<>();
            for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                expect(JsonToken.VALUE_STRING, METADATA, "an object of strings");
                found.put(key, parser.getText());
            }
            return found;
        }

        private TensorInfo tensor(String name) throws IOException {
            if (name.length() > MAX_NAME) {
                throw new SafetensorsException(
                        file,
                        "tensor name of " + name.length() + " characters, limit is " + MAX_NAME);
            }
            String what = "tensor '" + quotable(name) + "'";
            if (name.chars().anyMatch(Character::isISOControl)) {
                throw new SafetensorsException(file, what + ": control character in the name");
            }
            expect(JsonToken.START_OBJECT, what, "an object");
            DType dtype = null;
            List<Long> shape = null;
            List<Long> offsets = null;
            for (String field = parser.nextFieldName();
                    field != null;
                    field = parser.nextFieldName()) {
                switch (field) {
                    case "dtype" -> dtype = dtype(what);
                    case "shape" -> shape = numbers(what + ": shape", MAX_RANK);
                    case "data_offsets" -> offsets = numbers(what + ": data_offsets", 2);
                    default ->
                            throw new SafetensorsException(
                                    file, what + ": unknown field '" + quotable(field) + "'");
                }
            }
            return check(name, what, dtype, shape, offsets);
        }

        private TensorInfo check(
                String name,
                String what,
                @Nullable DType dtype,
                @Nullable List<Long> shape,
                @Nullable List<Long> offsets)
                throws SafetensorsException {
            if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
                throw new SafetensorsException(
                        file, what + ": needs dtype, shape and two data_offsets");
            }
            long begin = offsets.get(0);
            long end = offsets.get(1);
            if (begin > end || end > dataBytes) {
                throw new SafetensorsException(
                        file,
                        what
                                + ": data_offsets ["
                                + begin
                                + ", "
                                + end
                                + "] do not lie in the data of "
                                + dataBytes
                                + " bytes");
            }
            long needed = dtype.bytes();
            try {
                for (long size : shape) {
                    needed = Math.multiplyExact(needed, size);
                }
            } catch (ArithmeticException e) {
                throw new SafetensorsException(
                        file, what + ": shape " + shape + " needs 2^63 bytes or more", e);
            }
            if (needed != end - begin) {
                throw new SafetensorsException(
                        file,
                        what
                                + ": shape "
                                + shape
                                + " needs "
                                + needed
                                + " bytes, offsets give "
                                + (end - begin));
            }
            return new TensorInfo(name, dtype, shape, begin, end);
        }

        private DType dtype(String what) throws IOException {
            expect(JsonToken.VALUE_STRING, what + ": dtype", "a string");
            DType dtype = DType.ofName(parser.getText());
            if (dtype == null) {
                throw new SafetensorsException(
                        file,
                        what
                                + ": dtype '"
                                + quotable(parser.getText())
                                + "' is not one of "
                                + Arrays.toString(DType.values()));
            }
            return dtype;
        }

        private List<Long> numbers(String what, int limit) throws IOException {
            expect(JsonToken.START_ARRAY, what, "an array");
            List<Long> found = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
                        || parser.getLongValue() < 0) {
                    throw new SafetensorsException(
                            file,
                            what
                                    + ": '"
                                    + quotable(parser.getText())
                                    + "' is not a whole number of 0 or more");
                }
                if (found.size() == limit) {
                    throw new SafetensorsException(
                            file, what + " has more than " + limit + " numbers");
                }
                found.add(parser.getLongValue());
            }
            return found;
        }

        private void expect(JsonToken token, String what, String kind) throws IOException {
            if (parser.nextToken() != token) {
                throw new SafetensorsException(file, what + " must be " + kind);
            }
        }
    }
}
