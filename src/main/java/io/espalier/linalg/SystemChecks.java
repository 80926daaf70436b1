package io.espalier.linalg;

/** What every solver of a linear system asks of its arguments and of its answer. */
final class SystemChecks {

    private SystemChecks() {}

    /** Refuses arrays that are not those of a system of this size. */
    static void requireLengths(double[] a, int order, double[] b, int rightSides) {
        if (a.length != (long) order * order || b.length != (long) order * rightSides) {
            throw new IllegalArgumentException(
                    ("system of order %s with %s right sides needs %s and %s "
                                    + "numbers, given are %s and %s")
                            .formatted(
                                    order,
                                    rightSides,
                                    (long) order * order,
                                    (long) order * rightSides,
                                    a.length,
                                    b.length));
        }
    }

    /** Refuses a solution with a number that is not finite. */
    static void requireFinite(double[] solution, int order) throws NotPositiveDefiniteException {
        for (double number : solution) {
            if (!Double.isFinite(number)) {
                throw new NotPositiveDefiniteException(
                        "matrix of order " + order + ": the solution holds " + number);
            }
        }
    }
}
