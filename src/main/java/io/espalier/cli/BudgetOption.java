package io.espalier.cli;

import io.espalier.cost.Budget;
import io.espalier.cost.CostMetric;
import io.espalier.cost.CostModels;
import io.espalier.cost.LatencyTableFile;
import io.espalier.model.ModelDescription;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The options {@code --budget} and {@code --latency-table} of every command that prunes. */
final class BudgetOption {

    @Option(
            names = "--budget",
            paramLabel = "METRIC=SHARE[,SHARE...]",
            defaultValue = "macs=0.5",
            description =
                    "Share of the dense encoder's cost to keep, above 0 and at most 1, counted in"
                            + " macs, params or latency; repeat it or separate several by commas,"
                            + " where a bare number counts what the one before it counts:"
                            + " macs=0.5,0.3; latency is of one workload of the table:"
                            + " latency=0.5@b8s64 (default: ${DEFAULT-VALUE}).")
    private List<String> texts = List.of();

    @Option(
            names = "--latency-table",
            paramLabel = "FILE",
            description =
                    "Measured times that latency budgets count, written by 'espalier bench"
                            + " latency'; needed for these and for no others.")
    private @Nullable Path latencyTable;

    /**
     * The budgets in the order they were typed; at least one.
     *
     * @throws IllegalArgumentException if one is none
     * @throws CommandFailure if one counts latency and there is no table, or the other way round
     */
    List<Budget> budgets() {
        List<Budget> budgets = Budget.parseAll(split());
        boolean counted =
                budgets.stream().anyMatch(budget -> budget.metric() == CostMetric.LATENCY);
        if (counted && latencyTable == null) {
            throw new CommandFailure(
                    "--budget "
                            + String.join(",", texts)
                            + " counts latency and needs --latency-table FILE; 'espalier bench"
                            + " latency' measures one");
        }
        if (!counted && latencyTable != null) {
            throw new CommandFailure(
                    "--latency-table "
                            + latencyTable
                            + " serves no budget of "
                            + String.join(",", texts)
                            + "; leave it out, or ask for latency=SHARE");
        }
        return budgets;
    }

    /** The single budgets; a bare number after a comma counts what is counted before it. */
    private List<String> split() {
        List<String> budgets = new ArrayList<>();
        for (String text : texts) {
            String metric = "";
            String workload = "";
            for (String part : text.split(",", -1)) {
                int equals = part.indexOf('=');
                int at = part.indexOf('@');
                if (equals >= 0) {
                    metric = part.substring(0, equals + 1);
                    workload = at < 0 ? "" : part.substring(at);
                }
                boolean bare = equals < 0 && !part.isBlank();
                budgets.add(bare ? metric + part.strip() + (at < 0 ? workload : "") : part);
            }
        }
        return budgets;
    }

    /** The table's file; null unless a budget counts latency. */
    @Nullable Path latencyTable() {
        return latencyTable;
    }

    /**
     * What the budgets count of a model.
     *
     * @throws IllegalArgumentException if the table is none, of another model, or has no workload
     *     that a budget names
     */
    CostModels costs(ModelDescription model) throws IOException {
        CostModels costs =
                new CostModels(
                        model.hidden(),
                        latencyTable == null
                                ? null
                                : LatencyTableFile.read(latencyTable, model.sublayers()));
        costs.requireAll(budgets());
        return costs;
    }

    /**
     * Refuses budgets that the published method does not know.
     *
     * @param otherwise what else the user can do, like {@code name another --profile}
     * @throws CommandFailure naming the first that counts anything but MACs
     */
    static void requireMacs(List<Budget> budgets, String otherwise) {
        for (Budget budget : budgets) {
            if (budget.metric() != CostMetric.MACS) {
                throw new CommandFailure(
                        "--budget "
                                + budget
                                + ": the reference profile knows macs alone; "
                                + otherwise
                                + ", or ask for macs="
                                + budget.share());
            }
        }
    }
}
