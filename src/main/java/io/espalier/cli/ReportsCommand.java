package io.espalier.cli;

import org.apache.kafka.common.errors.InterruptException;

import io.espalier.config.EspalierConfig;
import io.espalier.cost.Budget;
import io.espalier.stream.KafkaPreflight;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code espalier reports}: what a job says about its windows. */
@Command(
        name = "reports",
        description = {
            "Prints what a job said about its windows, and its answers to commands.",
            "",
            "There is a report for each window and budget, also where nothing was done:",
            "",
            "  window  budget  effective samples  trigger -> outcome  update version  live version"
                    + "  quality",
            "",
            "  trigger   why a decision was due: FIRST, DRIFT, SCHEDULE, FORCED; or why none was:",
            "            STARVED, PAUSED, COOLING_DOWN, NO_DRIFT",
            "  outcome   KEPT       nothing was published",
            "            PROMOTED   published and live",
            "            CANDIDATE  published; it passed, and the job runs in shadow mode",
            "            REJECTED   published; it did not pass, and what was live stays so",
            "            STARVED    too few samples to decide",
            "  update    re-tuned (same units), re-masked (other units), kept, or - if none was"
                    + " due",
            "  live      after the window. In shadow mode that is what would be live: later windows",
            "            are compared with it, but live.json does not name it",
            "  quality   on the window's held-out samples: accuracy if they have labels, else",
            "            agreement with the dense model",
            "",
            "Below it stands what that means, and the job's reason with the numbers it rests on.",
            "A report comes with the checkpoint after its window. Only committed records are read,"
                    + " from the beginning of the topic; nothing is marked as read."
        },
        footer = {
            "",
            "Examples:",
            "  espalier reports --config job.yaml",
            "  espalier reports --config job.yaml --budget macs=0.5 --last 5",
            "  espalier reports --config job.yaml --follow",
            "  espalier reports --config job.yaml --json | jq 'select(.outcome == \"REJECTED\")"
                    + " .reason'"
        })
final class ReportsCommand implements Callable<Integer> {

    @Mixin private JobOptions job;

    @Option(names = "--follow", description = "Go on with what comes, until Ctrl-C.")
    private boolean follow;

    @Option(
            names = "--budget",
            paramLabel = "BUDGET",
            description = "Only reports of this budget, like macs=0.5; answers are of all.")
    private @Nullable String budget;

    @Option(
            names = "--last",
            paramLabel = "N",
            description = "Begin with the last N of those there are (default: all).")
    private @Nullable Integer last;

    @Option(
            names = "--json",
            description =
                    "One JSON object a line: all fields of schemas/drift_report.avsc or"
                            + " control_acknowledgement.avsc, behind 'type', report or answer.")
    private boolean json;

    @Spec private CommandSpec spec;

    /** For picocli, which fills the fields. */
    @SuppressWarnings("NullAway.Init") // picocli sets required options before call().
    ReportsCommand() {}

    @Override
    public Integer call() throws Exception {
        if (last != null) {
            Ranges.require(spec, "--last", last, 0, Integer.MAX_VALUE);
        }
        String wanted = budget == null ? null : Budget.parse(budget).toString();
        EspalierConfig config = job.config();
        String topic = config.kafka().topics().drift();
        int partitions = KafkaPreflight.partitions(config, topic);
        try (DriftTopic drift = new DriftTopic(config, partitions)) {
            List<DriftEntry> present = chosen(drift.upToNow(), config, wanted);
            present.subList(last == null ? 0 : Math.max(0, present.size() - last), present.size())
                    .forEach(this::print);
            if (present.isEmpty()) {
                nothingYet(topic, config, wanted);
            }
            while (follow) {
                chosen(drift.next(), config, wanted).forEach(this::print);
            }
        } catch (InterruptException e) {
            Thread.interrupted(); // The client set it again; to follow ends so.
        }
        return 0;
    }

    /** Other jobs may share the topic. */
    private static List<DriftEntry> chosen(
            List<DriftEntry> entries, EspalierConfig config, @Nullable String budget) {
        return entries.stream()
                .filter(entry -> entry.model().equals(config.model().id()))
                .filter(entry -> budget == null || entry.isAbout(budget))
                .toList();
    }

    private void print(DriftEntry entry) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(entry.json());
        } else {
            ReportText.lines(entry).forEach(out::println);
        }
        out.flush();
    }

    private void nothingYet(String topic, EspalierConfig config, @Nullable String wanted) {
        PrintWriter err = spec.commandLine().getErr();
        err.printf(
                "nothing of model '%s'%s on %s yet: a window is reported once every partition of %s"
                        + " has seen a later sample and the checkpoint after that (%d s) is"
                        + " complete%n",
                config.model().id(),
                wanted == null ? "" : " and budget " + wanted,
                topic,
                config.kafka().topics().calibration(),
                config.checkpoint().interval().toSeconds());
        err.flush();
    }
}
