package io.espalier.config;

import org.apache.flink.configuration.Configuration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Configuration files, whole and broken. */
class ConfigFileTest {

    private final Path directory;

    ConfigFileTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void readsNestedAndDottedYamlAndLists() throws IOException {
        Configuration configuration =
                load(
                        "job.yaml",
                        """
                        espalier:
                          window:
                            size: 30 min
                          budgets: [macs=0.5, macs=0.3]
                        espalier.seed: 18
                        """);
        assertThat(configuration.get(EspalierOptions.WINDOW_SIZE)).hasMinutes(30);
        assertThat(configuration.get(EspalierOptions.BUDGETS))
                .isEqualTo(List.of("macs=0.5", "macs=0.3"));
        assertThat(configuration.get(EspalierOptions.SEED)).isEqualTo(18L);
    }

    @Test
    void readsProperties() throws IOException {
        Configuration configuration =
                load("job.properties", "espalier.publish.root = /dépôt\nespalier.seed=18\n");
        assertThat(configuration.get(EspalierOptions.PUBLISH_ROOT)).isEqualTo("/dépôt");
        assertThat(configuration.get(EspalierOptions.SEED)).isEqualTo(18L);
    }

    @Test
    void overridesWinOverTheFile() throws IOException {
        Path file = write("job.yml", "espalier.seed: 18\nespalier.parallelism: 3\n");
        Configuration configuration = ConfigFile.load(file, Map.of("espalier.seed", "19"));
        assertThat(configuration.get(EspalierOptions.SEED)).isEqualTo(19L);
        assertThat(configuration.get(EspalierOptions.PARALLELISM)).isEqualTo(3);
    }

    @Test
    void anEmptyFileSetsNothing() throws IOException {
        assertThat(load("job.yaml", "").keySet()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "job.yaml | 'a: [1' | cannot be read: while parsing a flow sequence in reader, line 1",
                "job.yaml | '- 1' | holds no keys with values",
                "job.yaml | 'espalier.seed:' | espalier.seed has no value",
                "job.yaml | 'a.b: 1\na: {b: 2}' | a.b is set twice, to '1' and '2'",
                "job.yaml | 'a: 1\na: 2' | found duplicate key a",
                "job.properties | 'a=\\u12' | cannot be read: Malformed \\uxxxx encoding.",
                "job.toml | 'a = 1' | a configuration file ends in .yaml, .yml or .properties"
            })
    void aBrokenFileIsRefusedInOneLineThatNamesIt(String name, String content, String reason)
            throws IOException {
        Path file = write(name, content);
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ConfigFile.load(file, Map.of()))
                .satisfies(
                        refusal ->
                                assertThat(refusal.getMessage())
                                        .startsWith(file + ": ")
                                        .contains(reason)
                                        .doesNotContain("\n"));
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = directory.resolve("absent.yaml");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ConfigFile.load(file, Map.of()))
                .withMessage(file + ": there is no such file");
    }

    private Configuration load(String name, String content) throws IOException {
        return ConfigFile.load(write(name, content), Map.of());
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content, StandardCharsets.UTF_8);
    }
}
