/** Tests of the model room. */
@NullMarked
package io.espalier.model;

import org.jspecify.annotations.NullMarked;
