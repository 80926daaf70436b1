package io.espalier.cli;

import io.espalier.config.ConfigException;
import io.espalier.cost.Budget;
import io.espalier.cost.CostMetric;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Exit codes, the one line of each failure, and what the help teaches. */
class EspalierCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Probe probe = new Probe();

    @Test
    void aRunThatSucceedsSaysNothingOnStderr() {
        assertThat(run("probe", "--data", "x")).isZero();
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void helpOfTheRootTeachesCommandsBudgetsAndExitCodes() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString())
                .contains("probe", "macs=0.5 keeps half", "Exit codes:", "2   wrong usage")
                .contains("espalier demo --windows 4");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void helpOfACommandTeachesItsOptionsAndTheExitCodesToo() {
        assertThat(run("probe", "--help")).isZero();
        assertThat(out.toString())
                .contains("--data=FILE", "--budget=METRIC=SHARE", "--stacktrace", "Exit codes:")
                .doesNotContain("espalier demo");
    }

    @Test
    void wrongUsageIsOneLineAndExitCode2() {
        assertUsage("espalier: Missing required subcommand; see 'espalier --help'");
        assertUsage(
                "espalier: Missing required option: '--data=FILE'; see 'espalier probe --help'",
                "probe");
        assertUsage(
                "espalier: Unknown option: '--datas' (similar: --data); see 'espalier probe --help'",
                "probe",
                "--data",
                "x",
                "--datas");
        assertUsage(
                "espalier: Unmatched argument at index 0: 'prob' (similar: probe);"
                        + " see 'espalier --help'",
                "prob");
    }

    @Test
    void failuresThatWereMeantToBeReadAreTheirMessageInOneLine() {
        assertFailure("no labels\n in it", new CommandFailure("no labels\n in it"));
        assertFailure("espalier.seed: no", new ConfigException("espalier.seed: no"));
        assertFailure("speed=3 is no budget", new IllegalArgumentException("speed=3 is no budget"));
        assertFailure("header of 7 bytes", new IOException("header of 7 bytes"));
        assertFailure("d/x: there is no such file or directory", new NoSuchFileException("d/x"));
        assertFailure("d/x: permission denied", new AccessDeniedException("d/x"));
        assertFailure(
                "d/x: Read-only file system",
                new FileSystemException("d/x", null, "Read-only file system"));
    }

    @Test
    void theFirstCauseThatWasMeantToBeReadSpeaksForItsWrappers() {
        assertFailure(
                "no such topic",
                new IllegalStateException(
                        "job failed", new ExecutionException(new CommandFailure("no such topic"))));
        assertFailure(
                "d: permission denied", new UncheckedIOException(new AccessDeniedException("d")));
    }

    @Test
    void anUnknownFailureNamesItsInnermostCauseAndTheWayToTheTrace() {
        assertFailure(
                "ArithmeticException: / by zero; --stacktrace shows where",
                new IllegalStateException("job failed", new ArithmeticException("/ by zero")));
        assertFailure("EOFException; --stacktrace shows where", new EOFException());
    }

    @Test
    void stacktraceAddsTheTrace() {
        probe.failure = new CommandFailure("no labels");
        assertThat(run("probe", "--data", "x", "--stacktrace")).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("espalier: no labels\n")
                .contains("at " + EspalierCommandTest.class.getName());
    }

    @Test
    void budgetsAreRepeatedOrSeparatedByCommas() {
        run("probe", "--data", "x");
        assertThat(probe.budget.budgets()).containsExactly(Budget.macs(0.5));
        run("probe", "--data", "x", "--budget", "macs=0.7, macs=0.5", "--budget=macs=0.3");
        assertThat(probe.budget.budgets())
                .containsExactly(Budget.macs(0.7), Budget.macs(0.5), Budget.macs(0.3));
    }

    @Test
    void aBareNumberAfterACommaCountsWhatTheOneBeforeItCounts() {
        run("probe", "--data", "x", "--budget", "macs=0.7,0.5, 0.3,params=0.6,0.4");
        assertThat(probe.budget.budgets())
                .containsExactly(
                        Budget.macs(0.7),
                        Budget.macs(0.5),
                        Budget.macs(0.3),
                        new Budget(CostMetric.PARAMS, 0.6),
                        new Budget(CostMetric.PARAMS, 0.4));
        run(
                "probe",
                "--data=x",
                "--latency-table=t.json",
                "--budget=latency=0.6@b8s64,0.4,0.4@b1s16,latency=0.3,0.2");
        assertThat(probe.budget.budgets())
                .extracting(Budget::toString)
                .containsExactly(
                        "latency=0.6@b8s64",
                        "latency=0.4@b8s64",
                        "latency=0.4@b1s16",
                        "latency=0.3",
                        "latency=0.2");
        for (String text : List.of("0.5", "macs=0.5,", "macs=0.5,,0.3", "macs=0.5,0.50")) {
            run("probe", "--data", "x", "--budget", text);
            assertThatThrownBy(probe.budget::budgets)
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        run("probe", "--data", "x", "--budget", "macs=0.7", "--budget", "0.5");
        assertThatThrownBy(probe.budget::budgets).hasMessageContaining("budget '0.5' is unknown");
    }

    @Test
    void aLatencyTableGoesWithLatencyBudgets() {
        run("probe", "--data", "x", "--budget", "latency=0.5");
        assertThatThrownBy(probe.budget::budgets)
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("--budget latency=0.5 counts latency and needs --latency");
        run("probe", "--data", "x", "--budget", "latency=0.5", "--latency-table", "t.json");
        assertThat(probe.budget.budgets()).containsExactly(new Budget(CostMetric.LATENCY, 0.5));
        assertThat(probe.budget.latencyTable()).isEqualTo(Path.of("t.json"));
        run("probe", "--data", "x", "--budget", "params=0.5", "--latency-table", "t.json");
        assertThatThrownBy(probe.budget::budgets)
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("--latency-table t.json serves no budget of params=0.5");
    }

    private void assertUsage(String line, String... arguments) {
        err.getBuffer().setLength(0);
        assertThat(run(arguments)).isEqualTo(2);
        assertThat(err.toString()).isEqualTo(line + System.lineSeparator());
    }

    private void assertFailure(String line, Exception failure) {
        err.getBuffer().setLength(0);
        probe.failure = failure;
        assertThat(run("probe", "--data", "x")).isEqualTo(1);
        assertThat(err.toString())
                .isEqualTo("espalier: " + line.replace("\n", "") + System.lineSeparator());
    }

    private int run(String... arguments) {
        return EspalierCommand.commandLine(probe)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    /** A command that ends as it is told to. */
    @Command(name = "probe", description = "Ends as it is told to.")
    private static final class Probe implements Callable<Integer> {

        @Option(names = "--data", paramLabel = "FILE", required = true)
        private List<String> data = List.of();

        @Mixin private final BudgetOption budget = new BudgetOption();

        private @Nullable Exception failure;

        @Override
        public Integer call() throws Exception {
            assertThat(data).containsExactly("x");
            if (failure != null) {
                throw failure;
            }
            return 0;
        }
    }
}
