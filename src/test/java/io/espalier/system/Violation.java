package io.espalier.system;

/**
 * A promise that a run has broken.
 *
 * @param check which of C1 to C10
 * @param what was found and what was expected
 */
record Violation(Check check, String what) {

    /** The checks, as the reliability page numbers them. */
    enum Check {
        /** Each sample the broker has is counted, held out or refused: just one of these. */
        C1,
        /** Nothing that was never stored is in the state or refused. */
        C2,
        /** All that speaks of one window gives the same counts. */
        C3,
        /** The statistics are the oracle's, bit for bit. */
        C4,
        /** Decisions are numbered without a gap, and reports say what became of them. */
        C5,
        /** Each decision is the oracle's. */
        C6,
        /** Record, manifest and files agree. */
        C7,
        /** No mask breaks its budget. */
        C8,
        /** No old staging is left. */
        C9,
        /** No record is visible twice. */
        C10
    }

    @Override
    public String toString() {
        return check + ": " + what;
    }
}
