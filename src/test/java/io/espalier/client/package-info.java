/** Tests of serving. */
@NullMarked
package io.espalier.client;

import org.jspecify.annotations.NullMarked;
