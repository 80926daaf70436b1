package io.espalier.cost;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The share of the dense encoder's cost that a pruned model may keep; written {@code macs=0.5}.
 *
 * <p>A share is always what is kept, never what is removed.
 *
 * @param macs share of multiply-accumulate operations kept, in (0, 1]
 */
public record Budget(double macs) implements Serializable {

    private static final String FORM =
            "a budget is the share of MACs to keep, macs=X with 0 < X <= 1, like macs=0.5";

    /** Checks the range. */
    public Budget {
        if (!(macs > 0 && macs <= 1)) {
            throw new IllegalArgumentException("budget macs=" + macs + " is out of range: " + FORM);
        }
    }

    /**
     * Reads one budget.
     *
     * @throws IllegalArgumentException if the text is not one; the message says what is
     */
    public static Budget parse(String text) {
        String[] parts = text.strip().split("=", -1);
        if (parts.length != 2 || !parts[0].equals("macs")) {
            throw new IllegalArgumentException("budget '" + text + "' is unknown: " + FORM);
        }
        try {
            return new Budget(Double.parseDouble(parts[1]));
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

    /** A form for file and version names, {@code macs0.50}; longer only if the share needs it. */
    public String slug() {
        String fixed = String.format(Locale.ROOT, "%.4f", macs);
        while (fixed.endsWith("0") && fixed.indexOf('.') < fixed.length() - 3) {
            fixed = fixed.substring(0, fixed.length() - 1);
        }
        return "macs" + fixed;
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return "macs=" + macs;
    }
}
