package io.espalier.system;

import io.espalier.cluster.LoopbackCluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A TaskManager seen from outside, with what a job of its holds. */
final class TaskManagerProcess {

    private static final String ARRAYS = ".native_arrays";

    private final long pid;
    private final ClusterJob job;
    private final Path staging;

    TaskManagerProcess(LoopbackCluster cluster, String name, ClusterJob job, Path staging)
            throws IOException {
        this.pid =
                cluster.members().stream()
                        .filter(member -> member.name().equals(name))
                        .flatMap(member -> member.pid().stream())
                        .findFirst()
                        .orElseThrow();
        this.job = job;
        this.staging = staging;
    }

    /** What it holds now. */
    ProcessReading read(double minute) throws Exception {
        return ProcessReading.of(minute, pid, (int) job.sumOfMetric(ARRAYS), staging);
    }

    /** Bytes of its heap that are in use, after a full collection. */
    long liveBytes() throws IOException, InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process command =
                new ProcessBuilder(jcmd, "" + pid, "GC.class_histogram")
                        .redirectErrorStream(true)
                        .start();
        String output = new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        command.waitFor();
        String total =
                output.lines()
                        .filter(line -> line.startsWith("Total"))
                        .map(String::strip)
                        .findFirst()
                        .orElseThrow(() -> new IOException("jcmd " + pid + ": " + output));
        return Long.parseLong(total.substring(total.lastIndexOf(' ') + 1));
    }
}
