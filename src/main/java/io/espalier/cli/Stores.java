package io.espalier.cli;

import io.espalier.artifact.ArtifactStore;
import io.espalier.cost.Budget;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What commands ask of a store of pruned models before they write to it. */
final class Stores {

    private Stores() {}

    /**
     * Refuses a store that holds versions of a model for these budgets: they are never overwritten.
     *
     * @param remedy what the user can do
     * @throws CommandFailure if there is a version
     */
    static void requireFree(Path root, String model, List<Budget> budgets, String remedy)
            throws IOException {
        List<String> versions =
                ArtifactStore.open(root).versions(model).stream()
                        .filter(version -> isOf(version, budgets))
                        .toList();
        if (!versions.isEmpty()) {
            throw new CommandFailure(
                    root
                            + ": holds "
                            + versions.size()
                            + " pruned models of '"
                            + model
                            + "' already, up to "
                            + versions.get(versions.size() - 1)
                            + ", which are never overwritten; "
                            + remedy);
        }
    }

    private static boolean isOf(String version, List<Budget> budgets) {
        return budgets.stream().anyMatch(budget -> version.startsWith(budget.slug() + "-"));
    }
}
