package io.espalier.config;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** The shipped cluster configuration starts a cluster, with the flags the build itself uses. */
class FlinkConfTest {

    private final Configuration configuration =
            ConfigFile.load(Path.of("flink-conf", "config.yaml"), Map.of());

    @Test
    void theMemoryOfBothProcessesAddsUp() {
        TaskExecutorProcessSpec taskManager =
                TaskExecutorProcessUtils.processSpecFromConfig(configuration);
        assertThat(taskManager.getTaskHeapSize()).isGreaterThan(MemorySize.parse("1g"));
        assertThat(
                        JobManagerProcessUtils.processSpecFromConfig(configuration)
                                .getTotalProcessMemorySize())
                .isEqualTo(MemorySize.parse("1600m"));
    }

    @Test
    void theJvmFlagsAreThoseOfTheBuild() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        String flags = pom.substring(pom.indexOf("<jvm.flags>") + 11, pom.indexOf("</jvm.flags>"));
        assertThat(configuration.get(CoreOptions.FLINK_JVM_OPTIONS))
                .isEqualToNormalizingWhitespace(flags);
    }
}
