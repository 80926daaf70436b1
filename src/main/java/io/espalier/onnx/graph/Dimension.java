package io.espalier.onnx.graph;

import ai.onnx.proto.OnnxMl.TensorShapeProto;

/** One size of an input or output: a number, or a name for what each call decides. */
public final class Dimension {

    /** Sequences of a call. */
    public static final Dimension BATCH =
            new Dimension(TensorShapeProto.Dimension.newBuilder().setDimParam("batch").build());

    /** Tokens of each sequence, padding included. */
    public static final Dimension SEQUENCE =
            new Dimension(TensorShapeProto.Dimension.newBuilder().setDimParam("sequence").build());

    private final TensorShapeProto.Dimension proto;

    private Dimension(TensorShapeProto.Dimension proto) {
        this.proto = proto;
    }

    /** A size that is always the same. */
    public static Dimension of(long size) {
        return new Dimension(TensorShapeProto.Dimension.newBuilder().setDimValue(size).build());
    }

    TensorShapeProto.Dimension proto() {
        return proto;
    }
}
