package io.espalier.deploy;

import org.apache.flink.runtime.entrypoint.EntrypointClusterConfiguration;
import org.apache.flink.runtime.entrypoint.EntrypointClusterConfigurationParserFactory;
import org.apache.flink.runtime.entrypoint.parser.CommandLineParser;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** The containers' entry point, in a Flink home whose scripts say what they were asked to do. */
class EntrypointTest {

    private static final String PASSWORD = "canary-Ab+/=0";

    private final Path directory;
    private final Path home;
    private final Path secret;
    private final Path filter;

    EntrypointTest(@TempDir Path directory) {
        this.directory = directory;
        this.home = directory.resolve("flink");
        this.secret = directory.resolve("password");
        this.filter = directory.resolve("serial-filter.properties");
    }

    @BeforeEach
    void layOutAHome() throws IOException {
        Files.createDirectories(home.resolve("bin"));
        Files.createDirectories(home.resolve("conf"));
        Files.copy(Path.of("flink-conf", "serial-filter.properties"), filter);
        Files.writeString(
                home.resolve("conf/config.yaml"),
                Files.readString(Path.of("flink-conf", "config.yaml"))
                        .replace("/opt/espalier/serial-filter.properties", filter.toString()));
        Files.writeString(secret, PASSWORD + "\n");
        for (String script : List.of("standalone-job.sh", "taskmanager.sh")) {
            Path file = home.resolve("bin").resolve(script);
            Files.writeString(
                    file, "#!/bin/sh\necho " + script + " \"$@\"\necho conf=\"$FLINK_CONF_DIR\"\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void aJobManagerRunsTheJobWithThePasswordInAPrivateCopy() throws Exception {
        List<String> said = start("jobmanager", "-Djobmanager.rpc.address=jm");
        assertThat(said.get(0))
                .isEqualTo(
                        "standalone-job.sh start-foreground --job-classname"
                                + " io.espalier.cli.JobMain -Djobmanager.rpc.address=jm"
                                + " -- --config /etc/espalier/job.yaml");
        Path conf = Path.of(said.get(1).substring("conf=".length()));
        Path copy = conf.resolve("config.yaml");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(conf)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
                .isEqualTo("rw-------");
        String shipped = Files.readString(home.resolve("conf/config.yaml"));
        assertThat(copy).hasContent(shipped.replace("${ESPALIER_FLINK_STORE_PASSWORD}", PASSWORD));
        assertThat(shipped).doesNotContain(PASSWORD);
    }

    /** Without the two dashes Flink takes --config for the start of --configDir. */
    @Test
    void flinksParserLeavesTheJobsArgumentsAlone() throws Exception {
        assertThat(jobsArguments("--configDir", "/c", "-Da=b", "--", "--config", "job.yaml"))
                .containsExactly("--config", "job.yaml");
        assertThat(jobsArguments("--configDir", "/c", "-Da=b", "--config", "job.yaml")).isEmpty();
    }

    @Test
    void aTaskManagerTakesItsKeys() throws Exception {
        assertThat(start("taskmanager", "-Da=b").get(0))
                .isEqualTo("taskmanager.sh start-foreground -Da=b");
    }

    @Test
    void anotherCommandRunsWithTheSettings() throws Exception {
        List<String> said = start("bash", "-c", "grep -c " + PASSWORD + " $FLINK_CONF_DIR/*.yaml");
        assertThat(said).containsExactly("6");
    }

    @Test
    void settingsWithoutTheNameNeedNoSecret() throws Exception {
        Files.writeString(home.resolve("conf/config.yaml"), "a: b\n");
        Files.delete(secret);
        assertThat(start("taskmanager").get(0)).isEqualTo("taskmanager.sh start-foreground");
    }

    @Test
    void aMissingSecretIsRefusedInOneLine() throws Exception {
        Files.delete(secret);
        assertThat(start("jobmanager"))
                .containsExactly(
                        "espalier: "
                                + home.resolve("conf/config.yaml")
                                + " wants a store password, "
                                + secret
                                + " cannot be read; mount the secret there or name its file in"
                                + " ESPALIER_FLINK_STORE_PASSWORD_FILE");
    }

    @Test
    void aMissingFilterIsRefusedInOneLine() throws Exception {
        Files.delete(filter);
        assertThat(start("taskmanager"))
                .containsExactly(
                        "espalier: "
                                + home.resolve("conf/config.yaml")
                                + " names "
                                + filter
                                + ", which cannot be read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "a\"b", "a: b", "a$b", "a\nb: c"})
    void aPasswordThatYamlCouldMisreadIsRefused(String password) throws Exception {
        Files.writeString(secret, password);
        assertThat(start("jobmanager"))
                .containsExactly(
                        "espalier: "
                                + secret
                                + " is empty or holds more than letters, digits and . _ ~ + / = -");
    }

    private static String[] jobsArguments(String... arguments) throws Exception {
        EntrypointClusterConfiguration parsed =
                new CommandLineParser<>(new EntrypointClusterConfigurationParserFactory())
                        .parse(arguments);
        return parsed.getArgs();
    }

    private List<String> start(String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("docker/entrypoint.sh");
        builder.command().addAll(List.of(arguments));
        builder.environment().put("FLINK_HOME", home.toString());
        builder.environment().put("TMPDIR", directory.toString());
        builder.environment().put("ESPALIER_FLINK_STORE_PASSWORD_FILE", secret.toString());
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return output.lines().toList();
    }
}
