package io.espalier.config;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The table of options in {@code docs/configuration.md} is the one the code declares. To write it
 * anew: {@code mvn test -Dtest=ConfigurationDocsTest -Despalier.docs.write=true}.
 */
class ConfigurationDocsTest {

    private static final Path DOCS = Path.of("docs", "configuration.md");
    private static final String HEAD =
            """
            # Configuration

            Keys of a configuration file (YAML or properties). Unknown keys under `espalier.`, values out of
            range and contradictions refuse to start, in one line. Durations are written `10 s`, `5 min`, `1 h`,
            sizes `64 kb`, `1 mb`. Keys that do not begin with `espalier.` are handed to Flink.

            Generated from the declared options; a test compares. To write it anew:
            `mvn test -Dtest=ConfigurationDocsTest -Despalier.docs.write=true`

            | key | default | allowed | meaning |
            |---|---|---|---|
            """;

    @Test
    void theDocsAreWhatTheOptionsSay() throws IOException {
        String expected = generate();
        if (Boolean.getBoolean("espalier.docs.write")) {
            Files.writeString(DOCS, expected);
        }
        assertThat(DOCS).hasContent(expected);
    }

    @Test
    void everyDeclaredOptionHasARule() throws IllegalAccessException {
        List<Object> declared = new ArrayList<>();
        for (Field field : EspalierOptions.class.getFields()) {
            declared.add(field.get(null));
        }
        List<Object> ruled = new ArrayList<>();
        OptionRules.all().forEach(rule -> ruled.add(rule.option()));
        assertThat(ruled).containsExactlyElementsOf(declared);
    }

    private static String generate() {
        StringBuilder text = new StringBuilder(HEAD);
        for (OptionRule<?> rule : OptionRules.all()) {
            ConfigOption<?> option = rule.option();
            String initial =
                    option.hasDefaultValue()
                            ? "`" + format(option.defaultValue()) + "`"
                            : rule.whenAbsent();
            String key =
                    option.equals(EspalierOptions.KAFKA_PROPERTIES)
                            ? option.key() + ".<name>"
                            : option.key();
            text.append("| `" + key + "` | " + initial + " | " + rule.allowed() + " | ");
            text.append(new HtmlFormatter().format(option.description())).append(" |\n");
        }
        return text.toString();
    }

    private static String format(Object value) {
        if (value instanceof Duration duration) {
            return TimeUtils.formatWithHighestUnit(duration);
        }
        return value instanceof List<?> list
                ? String.join(", ", list.stream().map(String::valueOf).toList())
                : value.toString();
    }
}
