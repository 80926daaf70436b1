package io.espalier.cost;

import org.jspecify.annotations.Nullable;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The share of the dense encoder's cost that a pruned model may keep; written {@code macs=0.5},
 * {@code params=0.5}, {@code latency=0.5} or, on one of several workloads that were measured,
 * {@code latency=0.5@b8s64}.
 *
 * <p>A share is always what is kept, never what is removed.
 *
 * @param metric what is counted
 * @param share what is kept of it, in (0, 1]
 * @param workload on which latency is counted; null for the only one, and for other metrics
 */
public record Budget(CostMetric metric, double share, @Nullable Workload workload)
        implements Serializable {

    private static final String FORM =
            "a budget is a share to keep, macs=X, params=X, latency=X or latency=X@b8s64 with"
                    + " 0 < X <= 1, like macs=0.5";

    /** Rounding allowed when a cost is compared with its budget. */
    private static final double RELATIVE_ROUNDING = 1e-12;

    /** Checks the range, and that only latency has a workload. */
    public Budget {
        if (workload != null && metric != CostMetric.LATENCY) {
            throw new IllegalArgumentException(
                    metric.label() + " is the same on every workload: leave out @" + workload);
        }
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "budget " + metric.label() + "=" + share + " is out of range: " + FORM);
        }
    }

    /** A budget of the only workload there is. */
    public Budget(CostMetric metric, double share) {
        this(metric, share, null);
    }

    /** A share of the MACs. */
    public static Budget macs(double share) {
        return new Budget(CostMetric.MACS, share);
    }

    /**
     * Reads one budget.
     *
     * @throws IllegalArgumentException if the text is not one; the message says what is
     */
    public static Budget parse(String text) {
        String[] parts = text.strip().split("=", -1);
        for (CostMetric metric : CostMetric.values()) {
            if (parts.length == 2 && parts[0].equals(metric.label())) {
                return of(metric, parts[1], text);
            }
        }
        throw new IllegalArgumentException("budget '" + text + "' is unknown: " + FORM);
    }

    private static Budget of(CostMetric metric, String value, String text) {
        int at = value.indexOf('@');
        if (at < 0) {
            return new Budget(metric, number(value, text));
        }
        double share = number(value.substring(0, at), text);
        try {
            return new Budget(metric, share, Workload.parse(value.substring(at + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("budget '" + text + "': " + e.getMessage(), e);
        }
    }

    private static double number(String share, String text) {
        try {
            return Double.parseDouble(share);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("budget '" + text + "' is not a number: " + FORM, e);
        }
    }

    /**
     * Reads several budgets, in the order given.
     *
     * @throws IllegalArgumentException if there is none, one is not valid, or one stands twice
     */
    public static List<Budget> parseAll(List<String> texts) {
        List<Budget> budgets = new ArrayList<>();
        Set<String> slugs = new HashSet<>();
        for (String text : texts) {
            Budget budget = parse(text);
            if (!slugs.add(budget.slug())) {
                throw new IllegalArgumentException(
                        "budget '" + text + "' stands twice, or differs from another by < 0.0001");
            }
            budgets.add(budget);
        }
        if (budgets.isEmpty()) {
            throw new IllegalArgumentException("no budget is given: " + FORM);
        }
        return budgets;
    }

    /** What is counted. */
    public Counted counted() {
        return new Counted(metric, workload);
    }

    /**
     * A form for file and version names, {@code macs0.50} or {@code latency0.50_b8s64}; longer only
     * if the share needs it.
     */
    public String slug() {
        String fixed = String.format(Locale.ROOT, "%.4f", share);
        while (fixed.endsWith("0") && fixed.indexOf('.') < fixed.length() - 3) {
            fixed = fixed.substring(0, fixed.length() - 1);
        }
        return metric.label() + fixed + (workload == null ? "" : "_" + workload);
    }

    /**
     * Name of a pruned model, sorting in decision order: {@code macs0.50-000017}.
     *
     * @param sequence number of the decision among the budget's, from 1
     */
    public String version(long sequence) {
        return String.format(Locale.ROOT, "%s-%06d", slug(), sequence);
    }

    /** Whether a share of the dense cost is within the budget, but for rounding. */
    public boolean allows(double kept) {
        return kept <= share * (1 + RELATIVE_ROUNDING);
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return metric.label() + "=" + share + (workload == null ? "" : "@" + workload);
    }
}
