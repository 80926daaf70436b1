package io.espalier.search;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The order in which one sublayer gives up its units, and the predicted error after each step.
 *
 * <p>Option i removes the first {@code removed[i]} units of the order at the error {@code
 * errors[i]}; the first option removes none at no error, the last removes all. Errors do not fall
 * along the curve. Those of different sublayers of one model add up.
 *
 * @param order all units, the first to go first
 * @param removed units removed by each option, ascending from 0 to all
 * @param errors predicted loss of each option, at least 0, ascending from 0
 */
@SuppressWarnings("ArrayRecordComponent") // A message: written, read, never compared.
public record ErrorCurve(int[] order, int[] removed, double[] errors) {

    /** Checks the ends, the lengths and that nothing falls. */
    public ErrorCurve {
        int last = removed.length - 1;
        if (last < 0
                || errors.length != removed.length
                || removed[0] != 0
                || removed[last] != order.length
                || errors[0] != 0) {
            throw new IllegalArgumentException(
                    "curve of "
                            + order.length
                            + " units with "
                            + removed.length
                            + " options and "
                            + errors.length
                            + " errors; it runs from none removed at error 0 to all");
        }
        for (int i = 1; i <= last; i++) {
            if (removed[i] <= removed[i - 1] || !(errors[i] >= errors[i - 1])) {
                throw new IllegalArgumentException(
                        "curve falls at option %s: removed %s after %s, error %s after %s"
                                .formatted(
                                        i,
                                        removed[i],
                                        removed[i - 1],
                                        errors[i],
                                        errors[i - 1]));
            }
        }
    }

    /** Number of options. */
    public int options() {
        return removed.length;
    }

    /** Units that an option keeps. */
    public int kept(int option) {
        return order.length - removed[option];
    }

    /** Mask values [units] of an option: 0 for the removed units, 1 for the others. */
    public float[] mask(int option) {
        float[] values = new float[order.length];
        for (int i = removed[option]; i < order.length; i++) {
            values[order[i]] = 1f;
        }
        return values;
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
