package io.espalier.linalg;

/** Why an iterative least-squares solver stopped; the codes are those of the LSMR literature. */
public enum StopReason {
    /** Code 0. */
    ZERO_SOLVES(0, "x = 0 solves the problem"),
    /** Code 1. */
    CONSISTENT(1, "A x = b is solved to the tolerances atol and btol"),
    /** Code 2. */
    LEAST_SQUARES(2, "the least-squares problem is solved to the tolerance atol"),
    /** Code 3. */
    ILL_CONDITIONED(3, "the condition estimate exceeds conlim"),
    /** Code 4. */
    CONSISTENT_AT_MACHINE_PRECISION(4, "A x = b is solved to machine precision"),
    /** Code 5. */
    LEAST_SQUARES_AT_MACHINE_PRECISION(
            5, "the least-squares problem is solved to machine precision"),
    /** Code 6. */
    ILL_CONDITIONED_AT_MACHINE_PRECISION(
            6, "the condition estimate exceeds what machine precision resolves"),
    /** Code 7. */
    ITERATION_LIMIT(7, "the iteration limit was reached before any tolerance");

    private final int code;
    private final String sentence;

    StopReason(int code, String sentence) {
        this.code = code;
        this.sentence = sentence;
    }

    /** The number of this reason, 0 to 7. */
    public int code() {
        return code;
    }

    /** What happened, for a message. */
    public String sentence() {
        return sentence;
    }
}
