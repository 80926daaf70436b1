package io.espalier.cli;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/** What stop says of a job that cannot be stopped, and where a path leads that can. */
class StopCommandTest {

    private static final String JOB = "5e20cb6b0f357591171dfcca2eea09de";
    private static final String DONE =
            "{'status': {'id': 'COMPLETED'}, 'operation': {'location': 'file:/sp/1'}}";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private TestingJobManager manager;

    @BeforeEach
    void start() throws IOException {
        manager = new TestingJobManager();
        manager.on("/overview", json("{'slots-total': 1, 'slots-available': 0}"))
                .on("/jobmanager/config", "[]")
                .on("/jobs/" + JOB + "/exceptions", "{}")
                .on("/jobs/" + JOB + "/stop", json("{'request-id': 'r'}"))
                .on("/jobs/" + JOB + "/savepoints/r", json(DONE));
        state("RUNNING", 2);
    }

    @AfterEach
    void stop() {
        manager.close();
    }

    @Test
    void aPathIsTakenFromHereAndAUriAsItIs() {
        manager.on("/jobs/" + JOB, job("RUNNING", 2), job("RUNNING", 1), job("FINISHED", 0));
        assertThat(run("--savepoint", "target/savepoints")).isZero();
        assertThat(out.toString()).isEqualTo("file:/sp/1" + System.lineSeparator());
        assertThat(manager.received("/jobs/" + JOB + "/stop"))
                .contains("\"" + Path.of("target/savepoints").toAbsolutePath().toUri() + "\"");
        manager.on("/jobs/" + JOB, job("RUNNING", 2), job("FINISHED", 0));
        assertThat(run("--savepoint", "s3://bucket/sp")).isZero();
        assertThat(manager.received("/jobs/" + JOB + "/stop")).contains("\"s3://bucket/sp\"");
    }

    @Test
    void aJobThatHasEndedIsSaidToHaveAndHow() {
        state("FAILED", 0);
        manager.on(
                "/jobs/" + JOB + "/exceptions",
                json(
                        "{'exceptionHistory': {'entries': [{'stacktrace':"
                                + " 'io.espalier.X: seed was 1 and is 2'}]}}"));
        assertRefused("has ended already, it is FAILED: seed was 1 and is 2");
        state("FINISHED", 0);
        manager.on("/jobs/" + JOB + "/exceptions", "{}");
        assertRefused("has ended already, it is FINISHED");
    }

    @Test
    void tasksThatDoNotRunYetAreCounted() {
        state("RUNNING", 1);
        assertRefused("is RUNNING, 1 of 2 tasks run; a savepoint needs all");
    }

    @Test
    void aJobThatNobodyKnowsIsNamedWithWhereToLook() {
        assertThat(
                        EspalierCommand.commandLine(new StopCommand())
                                .setErr(new PrintWriter(err, true))
                                .execute(
                                        "stop",
                                        "--job=" + "0".repeat(32),
                                        "--savepoint=sp",
                                        "--jobmanager=" + manager.address()))
                .isEqualTo(1);
        assertThat(err.toString())
                .contains("knows no job " + "0".repeat(32), "'espalier cluster status'");
    }

    @Test
    void whoeverElseAnswersIsNoJobManager() throws IOException {
        manager.on("/overview", "hello");
        assertRefused(
                "what answers at " + manager.address() + " is no JobManager; --jobmanager is");
        manager.on("/overview", "{}");
        assertRefused(
                "what answers at " + manager.address() + " is no JobManager; --jobmanager is");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertThat(execute("127.0.0.1:" + port, "--savepoint=sp")).isEqualTo(1);
        assertThat(err.toString())
                .contains("no JobManager answers at 127.0.0.1:", "port 8081 by default");
    }

    private void state(String name, int running) {
        manager.on("/jobs/" + JOB, job(name, running));
    }

    private static String job(String state, int running) {
        return json(
                "{'state': '%s', 'vertices': [{'parallelism': 2, 'tasks': {'RUNNING': %d}}]}"
                        .formatted(state, running));
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    private void assertRefused(String reason) {
        err.getBuffer().setLength(0);
        assertThat(run("--savepoint=sp")).isEqualTo(1);
        assertThat(err.toString()).contains(reason).hasLineCount(1);
        assertThat(manager.received("/jobs/" + JOB + "/stop")).isEmpty();
    }

    private int run(String... arguments) {
        return execute(manager.address(), arguments);
    }

    private int execute(String address, String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "stop";
        all[1] = "--job=" + JOB;
        all[2] = "--jobmanager=" + address;
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return EspalierCommand.commandLine(new StopCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all);
    }
}
