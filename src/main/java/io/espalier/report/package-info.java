/**
 * What one published version is, why it was made and what it cost: as JSON, as a picture and as a
 * page for people. May know {@code mask} and Jackson.
 */
@NullMarked
package io.espalier.report;

import org.jspecify.annotations.NullMarked;
