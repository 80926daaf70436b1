package io.espalier.system;

import java.util.List;

/** What windows of samples have to come to, worked out without the job. */
interface DecisionOracle {

    /** Whether a sample judges instead of being scored. */
    boolean heldOut(String id);

    /** Digest of the statistics of these samples, in whatever order. */
    String statistics(List<String> ids);

    /** Units of each sublayer that the best structure within a budget keeps on these samples. */
    List<List<Integer>> best(List<String> ids, String budget);

    /** Share of the dense cost that a structure needs on these samples. */
    double share(List<String> ids, String budget, List<List<Integer>> kept);
}
