/** ONNX graphs under construction, and their writing; no family. */
@NullMarked
package io.espalier.onnx.graph;

import org.jspecify.annotations.NullMarked;
