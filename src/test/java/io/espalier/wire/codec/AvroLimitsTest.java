package io.espalier.wire.codec;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.HashMap;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** The guard on Avro's limits. */
class AvroLimitsTest {

    private static final String STRING = "org.apache.avro.limits.string.maxLength";

    private static Map<String, String> complete() {
        return new HashMap<>(
                Map.of(
                        "org.apache.avro.limits.bytes.maxLength",
                        "8388608",
                        STRING,
                        "65536",
                        "org.apache.avro.limits.collectionItems.maxLength",
                        "1000000",
                        "org.apache.avro.SERIALIZABLE_PACKAGES",
                        "io.espalier.wire"));
    }

    @Test
    void theBuildsOwnStartOptionsPass() {
        assertThatCode(AvroLimits::check).doesNotThrowAnyException();
    }

    @Test
    void aMissingLimitIsNamedWithTheOptionToAdd() {
        Map<String, String> properties = complete();
        assertThatCode(() -> AvroLimits.check(properties::get)).doesNotThrowAnyException();
        properties.remove(STRING);
        assertThatIllegalStateException()
                .isThrownBy(() -> AvroLimits.check(properties::get))
                .withMessage(
                        "Avro runs without limits; add to the JVM's start options: -D"
                                + STRING
                                + "=65536");
    }

    @ParameterizedTest
    @CsvSource({"65536, true", "1, true", "65537, false", "0, false", "-1, false", "64k, false"})
    void aLimitIsANumberUpToOurs(String value, boolean passes) {
        Map<String, String> properties = complete();
        properties.put(STRING, value);
        if (passes) {
            assertThatCode(() -> AvroLimits.check(properties::get)).doesNotThrowAnyException();
        } else {
            assertThatIllegalStateException()
                    .isThrownBy(() -> AvroLimits.check(properties::get))
                    .withMessageContaining(STRING);
        }
    }

    @Test
    void noOtherPackageMayBeLoadedBySchema() {
        Map<String, String> properties = complete();
        properties.put("org.apache.avro.SERIALIZABLE_PACKAGES", "*");
        assertThatIllegalStateException()
                .isThrownBy(() -> AvroLimits.check(properties::get))
                .withMessageContaining("SERIALIZABLE_PACKAGES=io.espalier.wire");
    }
}
