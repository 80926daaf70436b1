/** What pruning did, for people: JSON, pages and pictures. May know {@code mask} and Jackson. */
@NullMarked
package io.espalier.report;

import org.jspecify.annotations.NullMarked;
