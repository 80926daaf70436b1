package io.espalier.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.cluster.FlinkRest;
import io.espalier.cluster.JobState;
import io.espalier.cluster.LoopbackCluster;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.concurrent.Callable;

/** {@code espalier cluster status}. */
@Command(
        name = "status",
        description =
                "Lists the cluster's processes with their logs, its addresses, and its jobs with the"
                        + " cause of their latest failure.",
        footer = {
            "",
            "Examples:",
            "  espalier cluster status",
            "  espalier cluster status --directory /tmp/cluster"
        },
        exitCodeList = {"0:all of it runs", "1:a process has ended, or there is no cluster"})
final class ClusterStatusCommand implements Callable<Integer> {

    @Mixin private ClusterDirectory directory;

    @Spec private CommandSpec spec;

    /** For picocli, which fills the fields. */
    @SuppressWarnings("NullAway.Init") // picocli sets mixins before call().
    ClusterStatusCommand() {}

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        LoopbackCluster cluster = directory.find();
        boolean whole = true;
        TextTable table = new TextTable("process", "id", "log");
        for (LoopbackCluster.Member member : cluster.members()) {
            whole &= member.pid().isPresent();
            table.row(
                    member.name(),
                    member.pid().map(String::valueOf).orElse("ended"),
                    member.log().toString());
        }
        table.print(out);
        if (!whole) {
            return 1;
        }
        out.println("broker:     " + cluster.bootstrapServers());
        out.println("JobManager: " + cluster.jobManager());
        FlinkRest rest = new FlinkRest(cluster.jobManager());
        for (JsonNode job : rest.get("/jobs/overview").path("jobs")) {
            String id = job.path("jid").asText();
            out.printf(
                    "job %s, %s: %s%n", id, job.path("name").asText(), job.path("state").asText());
            rest.job(id)
                    .flatMap(JobState::failure)
                    .ifPresent(cause -> out.println("  failed last: " + cause));
        }
        return 0;
    }
}
