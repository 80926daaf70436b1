package io.espalier.cluster;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/** Flink's processes run under the flags of the launcher. */
class ClusterSettingsTest {

    private static final String FILTER = "-Djava.security.properties=";

    @Test
    void allFlagsOfTheLauncherAreHandedOnAndNothingElse() throws IOException {
        List<String> flags = new ArrayList<>(launcherFlags());
        flags.add(FILTER + "/home/flink-conf/serial-filter.properties");
        List<String> started = new ArrayList<>(flags);
        started.addAll(List.of("-Xmx4g", "-Despalier.terminal=true", "-Djava.io.tmpdir=/tmp"));
        assertThat(ClusterSettings.handedOn(started)).isEqualTo(flags);
    }

    @Test
    void theTestsStartClustersUnderTheFlagsOfTheLauncher() throws IOException {
        List<String> flags = new ArrayList<>(launcherFlags());
        flags.add(FILTER + Path.of("flink-conf", "serial-filter.properties").toAbsolutePath());
        assertThat(ClusterSettings.flagsOfThisJvm()).containsExactlyInAnyOrderElementsOf(flags);
    }

    /** As a JVM tells them. */
    private static List<String> launcherFlags() throws IOException {
        String launcher = Files.readString(Path.of("bin", "espalier"));
        int begin = launcher.indexOf("flags=(\n") + "flags=(\n".length();
        String flags = launcher.substring(begin, launcher.indexOf(")\n", begin));
        return Pattern.compile("--add-opens ")
                .matcher(flags)
                .replaceAll("--add-opens=")
                .lines()
                .map(String::strip)
                .toList();
    }
}
