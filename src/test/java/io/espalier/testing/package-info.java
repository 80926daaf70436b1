/** Fakes, oracles, generators and golden data for the tests; no assertions. */
@NullMarked
package io.espalier.testing;

import org.jspecify.annotations.NullMarked;
