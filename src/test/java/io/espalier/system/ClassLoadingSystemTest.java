package io.espalier.system;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.Await;
import io.espalier.stream.KafkaJob;
import io.espalier.system.SystemCluster.Shape;
import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Native libraries load once in a process. With DJL on the cluster's class path two jobs run after
 * one another on one TaskManager; with DJL in the job's jar the job ends with the cure.
 */
class ClassLoadingSystemTest {

    private static final long SEED = Long.getLong("seed", 20_261_127);
    private static final String PATTERNS = "classloader.parent-first-patterns.additional";

    @Test
    void twoJobsRunAfterOneAnotherOnOneTaskManager() throws Exception {
        try (SystemCluster cluster = SystemCluster.start(getClass(), SEED, Shape.of(1))) {
            KillRun run = new KillRun(getClass(), cluster, SEED, 1, 1);
            for (String name : List.of("first", "second")) {
                EspalierConfig config = cluster.config(name, SEED, 1);
                ClusterJob job = cluster.submit(config, KafkaJob.scorers(config), null);
                run.checkLetters(run.outcome(job, config));
                job.stop(cluster.directory().resolve("savepoints"));
                System.out.printf("ClassLoadingSystemTest: the %s job ran%n", name);
            }
        }
    }

    @Test
    void aJobThatBringsItsOwnLibrariesEndsWithTheCure() throws Exception {
        List<Path> djl =
                List.of(
                        JobJar.location(Class.forName("ai.djl.engine.Engine")),
                        JobJar.location(Class.forName("ai.djl.pytorch.jni.JniUtils")));
        Shape right = Shape.of(1);
        Shape wrong = new Shape(1, false, right.libraries(), Map.of(PATTERNS, ""), djl, List.of());
        try (SystemCluster cluster = SystemCluster.start(getClass(), SEED, wrong)) {
            cluster.kafka().createInput(KillRun.INPUT);
            EspalierConfig config = cluster.config("wrong", SEED, 1);
            ClusterJob job = cluster.submitOnly(config, KafkaJob.scorers(config), null);
            Await.until("the job has failed", () -> job.state().equals("FAILED"));
            assertThat(job.failure())
                    .contains("ai.djl.engine.Engine is loaded with the job", PATTERNS);
            System.out.println("ClassLoadingSystemTest: refused, with the cure");
        }
    }
}
