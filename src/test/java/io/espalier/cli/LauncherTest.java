package io.espalier.cli;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The launcher, in a repository of nothing but its own directories, with a {@code java} and a
 * {@code mvn} that say what they were asked to do.
 */
class LauncherTest {

    private final Path home;
    private final Path tools;

    LauncherTest(@TempDir Path directory) {
        home = directory.resolve("home");
        tools = directory.resolve("tools");
    }

    @BeforeEach
    void layOutARepository() throws IOException {
        for (String name : List.of("bin", "src/main", "schemas", "elsewhere")) {
            Files.createDirectories(home.resolve(name));
        }
        Files.createDirectories(tools.resolve("bin"));
        Files.copy(Path.of("bin", "espalier"), home.resolve("bin/espalier"));
        Files.writeString(home.resolve("pom.xml"), "<p>\n  <version>1.2.3</version>\n</p>\n");
        java("17.0.1");
        script(
                "mvn",
                "echo mvn \"$@\"",
                "mkdir -p target",
                "echo a.jar:b.jar > target/class-path.txt",
                "echo > target/espalier-1.2.3.jar");
    }

    @Test
    void theJvmFlagsAreThoseOfTheBuild() throws IOException {
        String launcher = Files.readString(Path.of("bin", "espalier"));
        String pom = Files.readString(Path.of("pom.xml"));
        assertThat(between(launcher, "flags=(\n", ")\n"))
                .isEqualToNormalizingWhitespace(between(pom, "<jvm.flags>", "</jvm.flags>"));
    }

    @Test
    void buildsOnceAndAgainOnlyWhenASourceIsNewer() throws Exception {
        assertThat(start("x").lines()).contains("espalier: building once, with Maven ...");
        assertThat(start("x")).doesNotContain("mvn");

        Path source = Files.writeString(home.resolve("schemas/s.avsc"), "{}");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(start("x")).contains("mvn -q");
    }

    @Test
    void passesArgumentsDirectoryAndEnvironmentThroughALink() throws Exception {
        start("--version");
        Path link = home.resolve("elsewhere/espalier");
        Files.createSymbolicLink(link, Path.of("../bin/espalier"));
        List<String> lines = start(link, "prune", "--data", "my file.tsv", "").lines().toList();
        Path real = home.toRealPath();
        assertThat(lines)
                .containsSubsequence(
                        "[-Xmx4g]",
                        "[-Djava.security.properties="
                                + real
                                + "/flink-conf/serial-filter.properties]",
                        "[-Despalier.terminal=false]",
                        "[-Despalier.class-path-file=" + real + "/target/class-path.txt]",
                        "[-cp]",
                        "[" + real + "/target/espalier-1.2.3.jar:a.jar:b.jar]",
                        "[io.espalier.cli.EspalierCommand]",
                        "[prune]",
                        "[--data]",
                        "[my file.tsv]",
                        "[]",
                        "in " + real.resolve("elsewhere"),
                        "threads 1 1 arenas 2");
    }

    @Test
    void heapAndOptionsComeFromTheEnvironment() throws Exception {
        Map<String, String> environment =
                Map.of("ESPALIER_HEAP", "900m", "ESPALIER_JAVA_OPTS", "-Da=1 -Db=2");
        assertThat(start(environment, home.resolve("bin/espalier"), "x").lines())
                .contains("[-Xmx900m]", "[-Da=1]", "[-Db=2]")
                .doesNotContain("[-Xmx4g]");
    }

    @Test
    void anotherJavaIsRefusedInOneLine() throws Exception {
        start("x");
        java("11.0.2");
        assertThat(start("x"))
                .isEqualTo(
                        "espalier: needs Java 17, "
                                + tools.resolve("bin/java")
                                + " is 11.0.2; set JAVA_HOME to a JDK 17\n");
    }

    @Test
    void aFailedBuildEndsTheStart() throws Exception {
        script("mvn", "exit 1");
        assertThat(start("x").lines())
                .containsExactly(
                        "espalier: building once, with Maven ...",
                        "espalier: the build failed; 'mvn package' in "
                                + home.toRealPath()
                                + " shows why");
    }

    private void java(String version) throws IOException {
        script(
                "java",
                "if [ \"$1\" = -version ]; then",
                "  echo 'openjdk version \"" + version + "\" 2021-10-19' >&2; exit",
                "fi",
                "for a; do echo \"[$a]\"; done",
                "echo \"in $(pwd -P)\"",
                "echo \"threads $OMP_NUM_THREADS $OPENBLAS_NUM_THREADS arenas $MALLOC_ARENA_MAX\"");
    }

    private void script(String name, String... lines) throws IOException {
        Path file = tools.resolve("bin").resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String start(String... arguments) throws Exception {
        return start(home.resolve("bin/espalier"), arguments);
    }

    private String start(Path launcher, String... arguments) throws Exception {
        return start(Map.of(), launcher, arguments);
    }

    private String start(Map<String, String> environment, Path launcher, String... arguments)
            throws Exception {
        ProcessBuilder builder = new ProcessBuilder(launcher.toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().keySet().removeIf(name -> name.startsWith("ESPALIER_"));
        builder.environment().putAll(environment);
        builder.environment().put("JAVA_HOME", tools.toString());
        builder.environment().compute("PATH", (name, path) -> tools.resolve("bin") + ":" + path);
        Process process =
                builder.directory(home.resolve("elsewhere").toFile())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return output;
    }

    private static String between(String text, String begin, String end) {
        int from = text.indexOf(begin) + begin.length();
        return text.substring(from, text.indexOf(end, from));
    }
}
