package io.espalier.batch;

/** What can be done with a pruned model whose traffic has changed. */
public enum DriftResponse {
    /** Nothing: structure and projections of the old traffic. */
    AS_IT_WAS("live as it was"),
    /** The old structure, projections solved anew on the new traffic. */
    RE_TUNED("re-tuned"),
    /** Structure and projections of the new traffic. */
    RE_MASKED("re-masked");

    private final String label;

    DriftResponse(String label) {
        this.label = label;
    }

    /** The name used in tables. */
    public String label() {
        return label;
    }
}
