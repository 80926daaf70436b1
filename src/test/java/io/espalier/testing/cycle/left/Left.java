package io.espalier.testing.cycle.left;

import io.espalier.testing.cycle.right.Right;

/**
 * Half of a cycle of packages, for the rule against them.
 *
 * @param other the other half
 */
public record Left(Right other) {}
