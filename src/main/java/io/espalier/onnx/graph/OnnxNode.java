package io.espalier.onnx.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.NodeProto;

import java.util.List;
import java.util.stream.LongStream;

/**
 * One operation; its output bears the node's name, unless it is told otherwise.
 *
 * <p>Immutable; {@code with} gives a node with one attribute more.
 */
public final class OnnxNode {

    private final NodeProto proto;

    private OnnxNode(NodeProto proto) {
        this.proto = proto;
    }

    /** An operation of the standard. */
    public static OnnxNode of(String operator, String name, String... inputs) {
        return of("", operator, name, inputs);
    }

    /** An operation of ONNX Runtime's own, of the domain {@code com.microsoft}. */
    public static OnnxNode fused(String operator, String name, String... inputs) {
        return of(OnnxGraph.FUSED, operator, name, inputs);
    }

    private static OnnxNode of(String domain, String operator, String name, String... inputs) {
        return new OnnxNode(
                NodeProto.newBuilder()
                        .addAllInput(List.of(inputs))
                        .addOutput(name)
                        .setName(name)
                        .setOpType(operator)
                        .setDomain(domain)
                        .build());
    }

    /** The node with a whole number. */
    public OnnxNode with(String name, long value) {
        return with(attribute(name, AttributeType.INT).setI(value));
    }

    /** The node with a real number. */
    public OnnxNode with(String name, float value) {
        return with(attribute(name, AttributeType.FLOAT).setF(value));
    }

    /** The node with a list of whole numbers. */
    public OnnxNode with(String name, long... values) {
        return with(
                attribute(name, AttributeType.INTS)
                        .addAllInts(LongStream.of(values).boxed().toList()));
    }

    /** The node with other outputs than one of its own name; the first is the one that is read. */
    public OnnxNode withOutputs(String... names) {
        return new OnnxNode(proto.toBuilder().clearOutput().addAllOutput(List.of(names)).build());
    }

    private OnnxNode with(AttributeProto.Builder attribute) {
        return new OnnxNode(proto.toBuilder().addAttribute(attribute).build());
    }

    private static AttributeProto.Builder attribute(String name, AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }

    NodeProto proto() {
        return proto;
    }
}
