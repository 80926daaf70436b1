/** BERT classifiers as ONNX graphs. */
@NullMarked
package io.espalier.onnx.bert;

import org.jspecify.annotations.NullMarked;
