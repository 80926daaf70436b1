package io.espalier.cli;

import java.util.List;
import java.util.Locale;

/**
 * What {@code evaluate} found, in the form of its JSON file.
 *
 * @param data the file of examples
 * @param samples number of examples
 * @param meanLength E[T] in tokens, after cutting
 * @param meanSquaredLength E[T^2]
 * @param batch samples in a timed batch
 * @param batches timed batches of each model
 * @param models the dense model first
 */
record Evaluation(
        String data,
        int samples,
        double meanLength,
        double meanSquaredLength,
        int batch,
        int batches,
        List<Row> models) {

    /** Copies the list. */
    Evaluation {
        models = List.copyOf(models);
    }

    /**
     * One model.
     *
     * @param name of its directory
     * @param directory as it was named
     * @param digest of its weights file
     * @param accuracy share of the samples whose class it finds
     * @param divergence mean KL(dense || this), nats
     * @param macsShare share of the dense encoder's MACs on this data
     * @param parameters number of weights
     * @param bytes size of the weights file
     * @param latencyMillis median time of a batch, milliseconds
     * @param latencyShare its ratio to the dense model's
     */
    record Row(
            String name,
            String directory,
            String digest,
            double accuracy,
            double divergence,
            double macsShare,
            long parameters,
            long bytes,
            double latencyMillis,
            double latencyShare) {}

    /** The lines above the table. */
    String head() {
        return String.format(
                Locale.ROOT,
                "%s: %d samples, E[T] %.1f, E[T^2] %.1f%n"
                        + "Latency: median of %d batches of %d samples, one thread, models in turn%n",
                data,
                samples,
                meanLength,
                meanSquaredLength,
                batches,
                batch);
    }

    /** The table of the models. */
    TextTable table() {
        TextTable table =
                new TextTable(
                        "model",
                        "accuracy %",
                        "KL, nats",
                        "MACs",
                        "parameters",
                        "MB",
                        "latency ms",
                        "of dense");
        for (Row row : models) {
            table.row(
                    row.name,
                    format("%.2f", 100 * row.accuracy),
                    format("%.4f", row.divergence),
                    format("%.3f", row.macsShare),
                    format("%,d", row.parameters),
                    format("%.1f", row.bytes / 1e6),
                    format("%.2f", row.latencyMillis),
                    format("%.2f", row.latencyShare));
        }
        return table;
    }

    private static String format(String pattern, Object value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
