package io.espalier.cli;

import io.espalier.cluster.FlinkRest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A submitted job is a success once its tasks run, and a line of why if they do not. */
class JobStartTest {

    private static final String JOB = "5e20cb6b0f357591171dfcca2eea09de";
    private static final String FAILURE =
            "{'exceptionHistory': {'entries': [{'stacktrace': 'java.lang.Error: x\\n\\tat A\\n"
                    + "Caused by: io.espalier.E: seed was 1 and is 2\\n\\tat B'}]}}";

    private TestingJobManager manager;

    @BeforeEach
    void start() throws IOException {
        manager = new TestingJobManager();
        manager.on("/jobs/" + JOB + "/exceptions", "{}").on("/jobmanager/config", "[]");
        overview(2, 0);
    }

    @AfterEach
    void stop() {
        manager.close();
    }

    @Test
    void waitsUntilEachTaskRunsAndTellsHowManyDo() throws Exception {
        manager.on("/jobs/" + JOB, job("CREATED", 0), job("RUNNING", 1), job("RUNNING", 2));
        List<String> steps = new ArrayList<>();
        assertThat(start(Duration.ofSeconds(20)).await(JOB, steps::add)).isEqualTo(2);
        assertThat(steps).containsExactly("0 of 2 tasks run", "1 of 2 tasks run");
    }

    @Test
    void aJobThatFailsFirstIsReportedByItsRootCause() {
        manager.on("/jobs/" + JOB, job("FAILED", 0))
                .on("/jobs/" + JOB + "/exceptions", json(FAILURE));
        assertFailure(Duration.ofSeconds(20), "job " + JOB + " is FAILED: seed was 1 and is 2");
    }

    @Test
    void aJobThatFlinkRestartsIsLeftAndSaidToBe() {
        manager.on("/jobs/" + JOB, job("RESTARTING", 0))
                .on("/jobs/" + JOB + "/exceptions", json(FAILURE));
        assertFailure(
                Duration.ofSeconds(20),
                "job "
                        + JOB
                        + " failed, and Flink restarts it again and again: seed was 1 and is 2;"
                        + " 'curl -X PATCH http://"
                        + manager.address()
                        + "/jobs/"
                        + JOB
                        + "' cancels it");
    }

    @Test
    void aJobThatNeverRunsIsReportedWithTheSlotsThereAre() {
        manager.on("/jobs/" + JOB, job("RUNNING", 1));
        assertFailure(
                Duration.ZERO,
                "job "
                        + JOB
                        + ": 1 of 2 tasks run after 0 s, the cluster has 0 slots free of 2; it is"
                        + " left as it is, http://"
                        + manager.address()
                        + "/#/job/running/"
                        + JOB
                        + " shows it");
    }

    @Test
    void aJobThatTheClusterHasNoRoomForIsRefused() throws Exception {
        overview(3, 2);
        JobStart start = start(Duration.ZERO);
        start.requireRoom(2, Duration.ZERO);
        assertThatThrownBy(() -> start.requireRoom(3, Duration.ZERO))
                .isInstanceOf(CommandFailure.class)
                .hasMessage(
                        "slots: the job needs 3 (espalier.parallelism), the cluster has 2 free of 3;"
                                + " end another job, add TaskManagers, or lower it");
    }

    @Test
    void aClusterThatGrowsOrYieldsHasRoomForAnyJob() throws Exception {
        overview(0, 0);
        for (String setting :
                List.of(
                        "{'key': 'kubernetes.cluster-id', 'value': 'c'}",
                        "{'key': 'yarn.application.id', 'value': 'c'}",
                        "{'key': 'jobmanager.scheduler', 'value': 'Adaptive'}")) {
            manager.on("/jobmanager/config", json("[" + setting + "]"));
            start(Duration.ZERO).requireRoom(3, Duration.ZERO);
        }
        manager.on(
                "/jobmanager/config",
                json("[{'key': 'jobmanager.scheduler', 'value': 'Default'}]"));
        assertThatThrownBy(() -> start(Duration.ZERO).requireRoom(3, Duration.ZERO))
                .hasMessageContaining("needs 3 ");
    }

    @Test
    void slotsOfAJobThatHasJustEndedAreWaitedFor() throws Exception {
        manager.on(
                "/overview",
                json("{'slots-total': 2, 'slots-available': 0}"),
                json("{'slots-total': 2, 'slots-available': 2}"));
        start(Duration.ZERO).requireRoom(2, Duration.ofSeconds(20));
    }

    private JobStart start(Duration limit) {
        return new JobStart(new FlinkRest(manager.address()), manager.address(), limit);
    }

    private void assertFailure(Duration limit, String line) {
        assertThatThrownBy(() -> start(limit).await(JOB, step -> {}))
                .isInstanceOf(CommandFailure.class)
                .hasMessage(line);
    }

    private void overview(int total, int free) {
        manager.on(
                "/overview",
                json("{'slots-total': %d, 'slots-available': %d}".formatted(total, free)));
    }

    private static String job(String state, int running) {
        return json(
                "{'state': '%s', 'vertices': [{'parallelism': 2, 'tasks': {'RUNNING': %d}}]}"
                        .formatted(state, running));
    }

    private static String json(String text) {
        return text.replace("'", "\"");
    }
}
