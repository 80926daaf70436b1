package io.espalier.search;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The order in which one sublayer's units go, and the error that is predicted when the first of
 * them are gone.
 *
 * <p>Option i removes the first {@code removed[i]} units of {@code order} at the error {@code
 * errors[i]}. The first option removes nothing and costs no error, the last removes everything;
 * errors never fall. Arrays are copied on the way in; what the accessors give is not to be written.
 *
 * @param order all units [U], first to go first
 * @param removed units that each option removes, ascending from 0 to U
 * @param errors predicted error of each option, from 0, finite
 */
@SuppressWarnings("ArrayRecordComponent") // Read, never compared.
public record ErrorCurve(int[] order, int[] removed, double[] errors) {

    /** Checks the form and copies the arrays. */
    public ErrorCurve {
        order = order.clone();
        removed = removed.clone();
        errors = errors.clone();
        int last = removed.length - 1;
        if (last < 1
                || errors.length != removed.length
                || removed[0] != 0
                || removed[last] != order.length
                || errors[0] != 0) {
            throw new IllegalArgumentException(
                    "curve of "
                            + order.length
                            + " units: "
                            + removed.length
                            + " options with "
                            + errors.length
                            + " errors; they go from 0 units at error 0 to all units");
        }
        boolean[] seen = new boolean[order.length];
        for (int unit : order) {
            if (unit < 0 || unit >= seen.length || seen[unit]) {
                throw new IllegalArgumentException(
                        "unit " + unit + " stands twice in the order of " + seen.length);
            }
            seen[unit] = true;
        }
        for (int i = 1; i <= last; i++) {
            if (removed[i] <= removed[i - 1]
                    || !(errors[i] >= errors[i - 1])
                    || Double.isInfinite(errors[i])) {
                throw new IllegalArgumentException(
                        "option "
                                + i
                                + " removes "
                                + removed[i]
                                + " units at error "
                                + errors[i]
                                + ", the one before "
                                + removed[i - 1]
                                + " at "
                                + errors[i - 1]);
            }
        }
    }

    /**
     * The curve of units that are independent: the error is the sum of the removed ones'
     * importance, the least important go first, of equal ones the larger index.
     *
     * @param importance [U], at least 0 and finite
     */
    public static ErrorCurve ofImportance(double[] importance) {
        int[] order =
                IntStream.range(0, importance.length)
                        .boxed()
                        .sorted(
                                Comparator.<Integer>comparingDouble(unit -> importance[unit])
                                        .thenComparing(Comparator.reverseOrder()))
                        .mapToInt(Integer::intValue)
                        .toArray();
        double[] errors = new double[order.length + 1];
        for (int i = 0; i < order.length; i++) {
            double next = importance[order[i]];
            if (!(next >= 0) || Double.isInfinite(next)) {
                throw new IllegalArgumentException("unit " + order[i] + " has importance " + next);
            }
            errors[i + 1] = errors[i] + next;
        }
        return new ErrorCurve(order, IntStream.rangeClosed(0, order.length).toArray(), errors);
    }

    /**
     * The curve at multiples of a number of units, and at all of them. Errors between options are
     * taken to be linear.
     *
     * @param multiple at least 1
     */
    public ErrorCurve rounded(int multiple) {
        int units = order.length;
        int largest = (units - 1) / multiple * multiple; // below the dense width
        int options = 2 + largest / multiple;
        int[] fewer = new int[options];
        double[] less = new double[options];
        int above = 0;
        for (int option = 1; option < options; option++) {
            fewer[option] = units - largest + (option - 1) * multiple;
            while (removed[above] < fewer[option]) {
                above++;
            }
            double share =
                    (double) (fewer[option] - removed[above - 1])
                            / (removed[above] - removed[above - 1]);
            double error = errors[above - 1] + share * (errors[above] - errors[above - 1]);
            less[option] = Math.max(less[option - 1], Math.min(error, errors[above]));
        }
        return new ErrorCurve(order, fewer, less);
    }

    /** Number of options. */
    public int options() {
        return removed.length;
    }

    /** Units that an option keeps. */
    public int kept(int option) {
        return order.length - removed[option];
    }

    /** One value for each unit [U]: 1 for those that an option keeps, 0 for the others. */
    float[] mask(int option) {
        float[] mask = new float[order.length];
        Arrays.fill(mask, 1f);
        for (int i = 0; i < removed[option]; i++) {
            mask[order[i]] = 0f;
        }
        return mask;
    }

    /** Writes all fields. */
    public void write(DataOutput out) throws IOException {
        out.writeInt(order.length);
        for (int unit : order) {
            out.writeInt(unit);
        }
        out.writeInt(removed.length);
        for (int i = 0; i < removed.length; i++) {
            out.writeInt(removed[i]);
            out.writeDouble(errors[i]);
        }
    }

    /** Reads what {@link #write} wrote. */
    public static ErrorCurve read(DataInput in) throws IOException {
        int[] order = new int[in.readInt()];
        for (int i = 0; i < order.length; i++) {
            order[i] = in.readInt();
        }
        int[] removed = new int[in.readInt()];
        double[] errors = new double[removed.length];
        for (int i = 0; i < removed.length; i++) {
            removed[i] = in.readInt();
            errors[i] = in.readDouble();
        }
        return new ErrorCurve(order, removed, errors);
    }
}
