package io.espalier.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.cluster.FlinkRest;
import io.espalier.cluster.LoopbackCluster;
import io.espalier.system.JobJar;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** A user's way: a cluster, its topics, a job, a savepoint, the job again with fewer tasks. */
class ClusterCommandSystemTest {

    @TempDir private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @AfterEach
    void killWhatIsLeft() throws Exception {
        var left = LoopbackCluster.find(directory.resolve("cluster"));
        if (left.isPresent()) {
            left.get().killAll();
        }
    }

    @Test
    void aJobIsSubmittedStoppedAndResumedOnAClusterOfOnesOwn() throws Exception {
        String at = "--directory=" + directory.resolve("cluster");
        succeed("cluster", "start", at, "--task-managers=2", "--task-manager-heap=512m");
        fail("a cluster runs there already", "cluster", "start", at);

        LoopbackCluster cluster = LoopbackCluster.find(directory.resolve("cluster")).orElseThrow();
        String config = "--config=" + configuration(cluster.bootstrapServers());
        String jobManager = "--jobmanager=" + cluster.jobManager();
        String jar = "--jar=" + JobJar.write(directory.resolve("job.jar"), List.of());
        fail("'espalier.calibration', 'espalier.control', ", "submit", config, jobManager, jar);
        assertThat(succeed("cluster", "topics", config)).contains("created espalier.calibration");
        assertThat(succeed("cluster", "topics", config, "--partitions=8"))
                .contains("there is espalier.calibration, with 2 partitions, not 8: it stays");
        fail(
                "; --jobmanager is the address of its REST interface",
                "submit",
                config,
                "--jobmanager=" + cluster.bootstrapServers(),
                jar);
        fail(
                "the job needs 3 (espalier.parallelism), the cluster has 2 free of 2",
                "submit",
                config,
                jobManager,
                jar,
                "--set=espalier.parallelism=3",
                "--set=espalier.source.idle-timeout=1 s");
        fail(
                "/nowhere: there is no such directory",
                "submit",
                config,
                jobManager,
                jar,
                "--savepoint=" + directory.resolve("nowhere").toUri());

        FlinkRest rest = new FlinkRest(cluster.jobManager());
        assertThat(rest.get("/jobs/overview").path("jobs")).isEmpty();
        String first = succeed("submit", config, jobManager, jar).strip();
        assertThat(runs(rest, first, 2)).isTrue();
        assertThat(err.toString()).containsPattern("all \\d+ tasks run");
        assertThat(succeed("cluster", "status", at)).contains("job " + first, "RUNNING");
        Path here = Path.of("").toAbsolutePath();
        String savepoint =
                succeed(
                                "stop",
                                "--job=" + first,
                                "--savepoint=" + here.relativize(directory.resolve("savepoints")),
                                jobManager)
                        .strip();
        assertThat(Path.of(URI.create(savepoint))).hasParent(directory.resolve("savepoints"));
        fail(
                "has ended already, it is FINISHED",
                "stop",
                "--job=" + first,
                "--savepoint=" + directory,
                jobManager);
        fail(
                "lies in it: " + Path.of(URI.create(savepoint)),
                "submit",
                config,
                jobManager,
                jar,
                "--savepoint=" + directory.resolve("savepoints"));
        Path junk = Files.createDirectory(directory.resolve("junk"));
        Files.writeString(junk.resolve("_metadata"), "junk");
        fail(
                "the cluster did not start the job from savepoint file://" + junk + ": Unexpected",
                "submit",
                config,
                jobManager,
                jar,
                "--savepoint=" + junk);
        assertThat(err.toString()).hasLineCount(1);
        String refused = "the state belongs to another job: espalier.window was 'tumbling, ";
        fail(
                "FAILED: " + refused,
                "submit",
                config,
                jobManager,
                jar,
                "--savepoint=" + savepoint,
                "--set=espalier.window.size=7 min");
        assertThat(succeed("cluster", "status", at)).contains("  failed last: " + refused);
        String second =
                succeed(
                                "submit",
                                config,
                                jobManager,
                                jar,
                                "--savepoint=" + savepoint,
                                "--set=espalier.parallelism=1")
                        .strip();
        assertThat(runs(rest, second, 1)).isTrue();
        assertThat(rest.get("/jobs/" + second + "/checkpoints").at("/counts/restored").asInt())
                .isEqualTo(1);

        assertThat(succeed("cluster", "stop", at)).contains("broker", "taskmanager-2");
        assertThat(run("cluster", "status", at)).isEqualTo(1);
        assertThat(out.toString()).contains("ended");
    }

    private Path configuration(String servers) throws Exception {
        return Files.writeString(
                directory.resolve("job.yaml"),
                """
                espalier.model.directory: %s
                espalier.model.id: tiny
                espalier.model.max-length: %d
                espalier.publish.root: %s
                espalier.kafka.bootstrap-servers: %s
                espalier.checkpoint.directory: %s
                espalier.checkpoint.interval: 1 s
                espalier.parallelism: 2
                """
                        .formatted(
                                TinyBert.write(directory.resolve("tiny")),
                                TinyBert.POSITIONS,
                                directory.resolve("store"),
                                servers,
                                directory.resolve("checkpoints").toUri()));
    }

    /** Every task runs and the widest step has that many. */
    private static boolean runs(FlinkRest rest, String job, int parallelism) throws Exception {
        JsonNode state = rest.get("/jobs/" + job);
        int widest = 0;
        for (JsonNode vertex : state.path("vertices")) {
            int tasks = vertex.path("parallelism").asInt();
            if (vertex.path("tasks").path("RUNNING").asInt() != tasks) {
                return false;
            }
            widest = Math.max(widest, tasks);
        }
        return widest == parallelism;
    }

    private String succeed(String... arguments) {
        assertThat(run(arguments)).withFailMessage(err::toString).isZero();
        return out.toString();
    }

    private void fail(String reason, String... arguments) {
        assertThat(run(arguments)).isEqualTo(1);
        assertThat(err.toString()).contains(reason);
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return EspalierCommand.commandLine(
                        new ClusterCommand(), new SubmitCommand(), new StopCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
