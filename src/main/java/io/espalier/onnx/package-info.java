/**
 * ONNX graphs of pruned models, a folder a family. May know {@code mask}, {@code safetensors},
 * {@code architecture} and protobuf.
 */
@NullMarked
package io.espalier.onnx;

import org.jspecify.annotations.NullMarked;
