package io.espalier.cli;

import picocli.CommandLine.Option;

import java.util.List;

/** The option {@code --budget} of every command that prunes. */
final class BudgetOption {

    @Option(
            names = "--budget",
            paramLabel = "macs=SHARE",
            split = ",",
            defaultValue = "macs=0.5",
            description =
                    "Share of the dense model's cost to keep, above 0 and at most 1; repeat it or"
                            + " separate several by commas (default: ${DEFAULT-VALUE}).")
    private List<String> budgets = List.of();

    /** The budgets as they were typed, in order; at least one. */
    List<String> budgets() {
        return budgets.stream().map(String::strip).toList();
    }
}
