package io.espalier.system;

import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

import io.espalier.safetensors.SafetensorsFile;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The largest relative difference of numbers that were compared so far.
 *
 * <p>Of a scalar |a - b| / max(|a|, |b|); of a tensor the largest |a - b| over the largest |a|, for
 * single entries may be as small as one likes.
 */
final class RelativeDifference {

    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+([.][0-9]+)?");

    private final Map<String, Double> largest = new TreeMap<>();

    /** The largest so far, of anything. */
    double largest() {
        return largest.values().stream().mapToDouble(d -> d).max().orElse(0);
    }

    /** The largest so far of one field of records of one type; it must have been compared. */
    double largest(String field) {
        Double difference = largest.get(field);
        if (difference == null) {
            throw new IllegalStateException(field + " was never compared: " + largest.keySet());
        }
        return difference;
    }

    /** The largest so far of each field that differed, in a line. */
    String byField() {
        return largest.entrySet().stream()
                .filter(field -> field.getValue() > 0)
                .map(field -> "%s %.1e".formatted(field.getKey(), field.getValue()))
                .collect(Collectors.joining(", "));
    }

    private void add(double difference, String place) {
        largest.merge(place, difference, Math::max);
    }

    /**
     * Compares two records of one type, field by field.
     *
     * @throws AssertionError if they differ in something that is no floating-point number
     */
    void addRecords(IndexedRecord expected, IndexedRecord actual) {
        for (Schema.Field field : expected.getSchema().getFields()) {
            addValues(
                    expected.getSchema().getName() + "." + field.name(),
                    expected.get(field.pos()),
                    actual.get(field.pos()));
        }
    }

    private void addValues(String place, @Nullable Object expected, @Nullable Object actual) {
        if (expected instanceof Double a && actual instanceof Double b) {
            add(a.equals(b) ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b)), place);
        } else if (expected instanceof IndexedRecord a && actual instanceof IndexedRecord b) {
            addRecords(a, b);
        } else if (expected instanceof String a && actual instanceof String b) {
            addWords(place, a, b);
        } else if (expected == null ? actual != null : !expected.equals(actual)) {
            throw new AssertionError(place + ": " + actual + ", expected " + expected);
        }
    }

    /** Sentences may differ in their numbers, which stand in fields of their own too. */
    private static void addWords(String place, String expected, String actual) {
        boolean sentence = expected.contains(" ");
        String a = sentence ? NUMBER.matcher(expected).replaceAll("#") : expected;
        String b = sentence ? NUMBER.matcher(actual).replaceAll("#") : actual;
        if (!a.equals(b)) {
            throw new AssertionError(place + ": " + actual + ", expected " + expected);
        }
    }

    /** Compares the weights of two pruned models of one structure. */
    void addModels(Path expected, Path actual) throws IOException {
        try (SafetensorsFile a = SafetensorsFile.open(weights(expected));
                SafetensorsFile b = SafetensorsFile.open(weights(actual))) {
            for (String name : a.tensors().keySet()) {
                addTensors(name, a.floats(name), b.floats(name));
            }
        }
    }

    private static Path weights(Path model) {
        return model.resolve("slim").resolve("model.safetensors");
    }

    private void addTensors(String name, float[] a, float[] b) {
        if (a.length != b.length) {
            throw new AssertionError(name + ": " + b.length + " entries, expected " + a.length);
        }
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < a.length; i++) {
            difference = Math.max(difference, Math.abs((double) a[i] - b[i]));
            norm = Math.max(norm, Math.abs(a[i]));
        }
        add(norm == 0 ? difference : difference / norm, name);
    }
}
