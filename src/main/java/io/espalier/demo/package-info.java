/**
 * What surrounds the streaming job when everything runs on one machine: real weights and real text
 * fetched through Maven, a classifier head, a broker of its own, a drifting feed. May know all.
 */
@NullMarked
package io.espalier.demo;

import org.jspecify.annotations.NullMarked;
