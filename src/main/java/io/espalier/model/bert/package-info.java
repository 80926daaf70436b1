/** The BERT family: configuration, weights, forward pass. Internal to {@code model}. */
@NullMarked
package io.espalier.model.bert;

import org.jspecify.annotations.NullMarked;
