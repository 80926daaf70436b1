package io.espalier.cli;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.Locale;

/**
 * What {@code bench prune} found, in the form of its JSON file.
 *
 * @param model directory of the dense model
 * @param data files of the samples
 * @param samples that were scored and decided on
 * @param meanLength in tokens
 * @param threads that the decisions had
 * @param collecting one thread first
 * @param decision of the two profiles
 * @param bertBase the stages at another shape
 * @param peakHeapBytes highest use of the heap, at most
 */
record PruningCosts(
        String model,
        String data,
        int samples,
        double meanLength,
        int threads,
        List<Collecting> collecting,
        Decision decision,
        Shape bertBase,
        long peakHeapBytes) {

    /** Copies the list. */
    PruningCosts {
        collecting = List.copyOf(collecting);
    }

    /** A part of a decision. */
    record Stage(String name, double seconds) {}

    /**
     * Scoring with and without collecting statistics.
     *
     * @param rounds micro-batches of each thread
     * @param withMillis median for one
     * @param withoutMillis median for one
     * @param ratio the median of the rounds' ratios
     */
    record Collecting(
            int threads, int rounds, double withMillis, double withoutMillis, double ratio) {}

    /**
     * From closed statistics to candidates.
     *
     * @param budgets of the default profile, decided together
     * @param stages of the default profile, means of its measurements
     * @param seconds their sum
     * @param measured the sums of each measurement
     * @param referenceBudget the one budget of the reference profile
     * @param referenceStages its stages
     * @param referenceSeconds their sum
     * @param referenceGradients seconds of its gradients, which are not in the sum
     * @param ratio the default profile's sum over the reference profile's
     */
    record Decision(
            List<String> budgets,
            List<Stage> stages,
            double seconds,
            List<Double> measured,
            String referenceBudget,
            List<Stage> referenceStages,
            double referenceSeconds,
            double referenceGradients,
            double ratio) {

        /** With sums and ratio. */
        static Decision of(
                List<String> budgets,
                List<Stage> stages,
                List<Double> measured,
                String referenceBudget,
                double referenceGradients,
                List<Stage> referenceStages) {
            return new Decision(
                    List.copyOf(budgets),
                    List.copyOf(stages),
                    total(stages),
                    List.copyOf(measured),
                    referenceBudget,
                    List.copyOf(referenceStages),
                    total(referenceStages),
                    referenceGradients,
                    total(stages) / total(referenceStages));
        }
    }

    /**
     * The stages at a shape, on one thread; all budgets together.
     *
     * @param attention of one attention sublayer
     * @param ffn of one feed-forward sublayer
     * @param allocation seconds for all sublayers
     * @param seconds of all sublayers: the timed ones times the layers, and the allocation
     */
    record Shape(
            int layers,
            int hidden,
            int heads,
            int neurons,
            List<Stage> attention,
            List<Stage> ffn,
            double allocation,
            double seconds) {

        /** With the sum. */
        static Shape of(
                int layers,
                int hidden,
                int heads,
                int neurons,
                List<Stage> attention,
                List<Stage> ffn,
                double allocation) {
            double all = layers * (total(attention) + total(ffn)) + allocation;
            return new Shape(layers, hidden, heads, neurons, attention, ffn, allocation, all);
        }
    }

    /** Seconds of all stages. */
    static double total(List<Stage> stages) {
        return stages.stream().mapToDouble(Stage::seconds).sum();
    }

    /** The most that the heap has held so far, summed over its pools, so an upper bound. */
    static long heapPeak() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getPeakUsage().getUsed())
                .sum();
    }

    /** A number of threads in words. */
    static String inWords(int count) {
        return count == 1 ? "1 thread" : count + " threads";
    }

    /** Prints all tables, the ratio below each. */
    void print(PrintWriter out) {
        out.println(format("%d samples, %.1f tokens on average%n", samples, meanLength));
        TextTable scoring = new TextTable("scoring", "with ms", "without ms", "ratio");
        for (Collecting loop : collecting) {
            scoring.row(
                    inWords(loop.threads),
                    format("%.1f", loop.withMillis),
                    format("%.1f", loop.withoutMillis),
                    format("%.2f", loop.ratio));
        }
        scoring.print(out);
        for (Collecting loop : collecting) {
            out.println(
                    format(
                            "Collecting the statistics costs %.0f %% over scoring without, %s",
                            100 * (loop.ratio - 1), inWords(loop.threads)));
        }
        out.println();
        printDecision(out);
        out.println();
        printShape(out);
        out.println(format("%nHighest use of the heap: at most %.0f MB", peakHeapBytes / 1e6));
    }

    private void printDecision(PrintWriter out) {
        TextTable table = new TextTable("decision, " + inWords(threads), "seconds");
        rows(table, "", decision.stages);
        table.row("all, for " + String.join(" ", decision.budgets), seconds(decision.seconds));
        rows(table, "reference: ", decision.referenceStages);
        table.row(
                "reference: all, for " + decision.referenceBudget,
                seconds(decision.referenceSeconds));
        table.print(out);
        out.println(
                format(
                        "%d budgets cost %.3f of what the reference profile needs for one"
                                + " (gradients apart: scoring here, %.1f s there)",
                        decision.budgets.size(), decision.ratio, decision.referenceGradients));
    }

    private void printShape(PrintWriter out) {
        TextTable table =
                new TextTable(
                        "BERT-base shape, 1 thread", "attention s", "feed-forward s", "all s");
        for (int i = 0; i < bertBase.attention.size(); i++) {
            Stage attention = bertBase.attention.get(i);
            Stage ffn = bertBase.ffn.get(i);
            table.row(
                    attention.name,
                    seconds(attention.seconds),
                    seconds(ffn.seconds),
                    seconds(bertBase.layers * (attention.seconds + ffn.seconds)));
        }
        table.row("allocation", "-", "-", seconds(bertBase.allocation));
        table.row("sum", "-", "-", seconds(bertBase.seconds));
        table.print(out);
        out.println(
                format(
                        "Random statistics; one sublayer of each kind was timed, \"all\" is %d"
                                + " times both",
                        bertBase.layers));
    }

    private static void rows(TextTable table, String prefix, List<Stage> stages) {
        for (Stage stage : stages) {
            table.row(prefix + stage.name, seconds(stage.seconds));
        }
    }

    private static String seconds(double value) {
        return format("%.2f", value);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
