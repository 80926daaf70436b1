package io.espalier.demo;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Fetches through a shell script in Maven's place. */
class MavenAssetsTest {
    private static final MavenAssets.Asset ASSET =
            new MavenAssets.Asset(
                    "org.example:thing:1.0",
                    // Of the five letters "hello".
                    "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
                    10_000_000);

    /** Notes its arguments, tells of progress, and copies as the goal would. */
    private static final String GOOD =
            """
            echo "$@" >> "$(dirname "$0")/calls"
            printf 'Progress (1): 2.5/10 MB\\r'
            for argument; do
              case "$argument" in -DoutputDirectory=*) folder="${argument#*=}" ;; esac
            done
            printf hello > "$folder/thing-1.0.jar"
            """;

    @TempDir private Path directory;

    @Test
    void fetchesOnceAndTellsHowFarItIs() throws Exception {
        List<Long> progress = new ArrayList<>();
        MavenAssets assets =
                new MavenAssets(cache(), script(GOOD), (task, done, total) -> progress.add(done));

        Path fetched = assets.fetch(ASSET);
        Path again = assets.fetch(ASSET);

        assertThat(fetched).isEqualTo(cache().resolve("thing-1.0.jar")).hasContent("hello");
        assertThat(again).isEqualTo(fetched);
        assertThat(progress).containsExactly(0L, 2_500_000L, 10_000_000L);
        assertThat(Files.readAllLines(directory.resolve("calls")))
                .singleElement()
                .asString()
                .startsWith("org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy")
                .contains("-Dartifact=org.example:thing:1.0");
        assertThat(filesIn(cache())).containsExactly("thing-1.0.jar");
    }

    @Test
    void fetchesAnewWhatIsThereWithAnotherDigest() throws Exception {
        Files.createDirectories(cache());
        Files.writeString(cache().resolve("thing-1.0.jar"), "hell");

        Path fetched = new MavenAssets(cache(), script(GOOD), Progress.NONE).fetch(ASSET);

        assertThat(fetched).hasContent("hello");
    }

    @Test
    void refusesAnotherDigestAndKeepsNothing() throws Exception {
        String maven = script(GOOD.replace("printf hello", "printf jello"));

        assertThatThrownBy(() -> new MavenAssets(cache(), maven, Progress.NONE).fetch(ASSET))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("org.example:thing:1.0")
                .hasMessageContaining(ASSET.sha256());
        assertThat(filesIn(cache())).isEmpty();
    }

    @Test
    void quotesMavensFirstErrorWhenItFails() throws Exception {
        String maven =
                script(
                        """
                        echo '[INFO] Scanning'
                        echo '[ERROR] Cannot access central in offline mode'
                        echo '[ERROR] more'
                        exit 1
                        """);

        assertThatThrownBy(() -> new MavenAssets(cache(), maven, Progress.NONE).fetch(ASSET))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "Maven ('%s', exit 1) could not fetch org.example:thing:1.0: Cannot access central in offline mode"
                                .formatted(maven));
        assertThat(filesIn(cache())).isEmpty();
    }

    @Test
    void saysHowToNameMavenWhenThereIsNone() {
        String maven = directory.resolve("no-such-mvn").toString();

        assertThatThrownBy(() -> new MavenAssets(cache(), maven, Progress.NONE).fetch(ASSET))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(maven)
                .hasMessageContaining("ESPALIER_MVN");
    }

    @Test
    void readsMavensProgressOfTheExpectedFileOnly() {
        assertThat(MavenAssets.transferred("Progress (1): 0.9/78 MB\r", 77_768_641))
                .isEqualTo(900_000);
        assertThat(
                        MavenAssets.transferred(
                                "Progress (2): 12/78 MB | 4.1/37 kB\rProgress (1): 13/78 MB\r",
                                77_768_641))
                .isEqualTo(13_000_000);
        assertThat(MavenAssets.transferred("Progress (1): 78/78 MB\r", 77_768_641))
                .isEqualTo(77_768_641);
        assertThat(MavenAssets.transferred("Progress (1): 4.1/37 kB\r", 77_768_641)).isZero();
    }

    @Test
    void findsCacheAndMavenByTheEnvironment() {
        assertThat(MavenAssets.defaultCache(Map.of("XDG_CACHE_HOME", "/some/cache")))
                .isEqualTo(Path.of("/some/cache/espalier"));
        assertThat(MavenAssets.defaultCache(Map.of()))
                .isEqualTo(Path.of(System.getProperty("user.home"), ".cache", "espalier"));
        assertThat(MavenAssets.defaultMaven(Map.of("ESPALIER_MVN", "/opt/mvn")))
                .isEqualTo("/opt/mvn");
        assertThat(MavenAssets.defaultMaven(Map.of())).isEqualTo("mvn");
    }

    private Path cache() {
        return directory.resolve("cache");
    }

    private String script(String body) throws IOException {
        Path script = directory.resolve("mvn");
        Files.writeString(script, "#!/bin/sh\n" + body);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script.toString();
    }

    private static List<String> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
