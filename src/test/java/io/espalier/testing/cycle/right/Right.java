package io.espalier.testing.cycle.right;

import io.espalier.testing.cycle.left.Left;

import java.util.List;

/**
 * The other half.
 *
 * @param others which know this one
 */
public record Right(List<Left> others) {}
