package io.espalier.stream.assemble;

import io.espalier.drift.HeldOutQuality;

/**
 * Three models on the same held-out samples.
 *
 * @param dense the parent
 * @param first the budget's first pruned model, frozen
 * @param pruned the new candidate
 */
record Comparison(HeldOutQuality dense, HeldOutQuality first, HeldOutQuality pruned) {}
