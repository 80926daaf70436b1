package io.espalier.wire.codec;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The guard that Avro runs with limits on what a hostile length may allocate.
 *
 * <p>Avro reads them once, from system properties, when its classes load: they must stand in the
 * JVM's start options and cannot be set later.
 */
public final class AvroLimits {

    private static final Map<String, Long> LIMITS = new LinkedHashMap<>();
    private static final String PACKAGES = "org.apache.avro.SERIALIZABLE_PACKAGES";
    private static final String OUR_PACKAGE = "io.espalier.wire";

    static {
        LIMITS.put("org.apache.avro.limits.bytes.maxLength", 8L << 20);
        LIMITS.put("org.apache.avro.limits.string.maxLength", 64L << 10);
        LIMITS.put("org.apache.avro.limits.collectionItems.maxLength", 1_000_000L);
    }

    private AvroLimits() {}

    /**
     * Checks this JVM's properties.
     *
     * @throws IllegalStateException naming the start options to add
     */
    public static void check() {
        check(System::getProperty);
    }

    static void check(Function<String, @Nullable String> properties) {
        List<String> missing = new ArrayList<>();
        LIMITS.forEach(
                (name, limit) -> {
                    if (!within(properties.apply(name), limit)) {
                        missing.add("-D" + name + "=" + limit);
                    }
                });
        if (!OUR_PACKAGE.equals(properties.apply(PACKAGES))) {
            missing.add("-D" + PACKAGES + "=" + OUR_PACKAGE);
        }
        if (!missing.isEmpty()) {
            throw new IllegalStateException(
                    "Avro runs without limits; add to the JVM's start options: "
                            + String.join(" ", missing));
        }
    }

    private static boolean within(@Nullable String value, long limit) {
        return value != null
                && value.matches("[0-9]{1,18}")
                && Long.parseLong(value) > 0
                && Long.parseLong(value) <= limit;
    }
}
