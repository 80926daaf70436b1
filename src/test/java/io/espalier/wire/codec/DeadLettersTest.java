package io.espalier.wire.codec;

import io.espalier.wire.DeadLetter;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** The headers of a dead letter. */
class DeadLettersTest {

    @Test
    void headersNameOriginAndReasonInOrder() {
        DeadLetter letter =
                DeadLetter.newBuilder(WireExamples.deadLetter())
                        .setSchemaFingerprint("00ff00ff00ff00ff")
                        .build();
        assertThat(text(DeadLetters.headers(letter)))
                .containsExactly(
                        Map.entry("espalier.error.topic", "espalier.calibration"),
                        Map.entry("espalier.error.partition", "3"),
                        Map.entry("espalier.error.offset", "1099511627776"),
                        Map.entry("espalier.error.timestamp", "1700000000000"),
                        Map.entry("espalier.error.stage", "decode"),
                        Map.entry("espalier.error.class", "java.io.EOFException"),
                        Map.entry("espalier.error.message", "3 bytes, the header has 10"),
                        Map.entry("espalier.error.schema", "00ff00ff00ff00ff"));
    }

    @Test
    void thereIsNoSchemaHeaderWithoutAFingerprint() {
        assertThat(DeadLetters.headers(WireExamples.deadLetter()))
                .doesNotContainKey("espalier.error.schema");
    }

    @Test
    void thePayloadCanBeReadMoreThanOnce() {
        DeadLetter letter = WireExamples.deadLetter();
        assertThat(DeadLetters.payload(letter)).containsExactly(1, -1, 0);
        assertThat(DeadLetters.payload(letter)).containsExactly(1, -1, 0);
    }

    private static Map<String, String> text(Map<String, byte[]> headers) {
        Map<String, String> text = new LinkedHashMap<>();
        headers.forEach((name, value) -> text.put(name, new String(value, StandardCharsets.UTF_8)));
        return text;
    }
}
