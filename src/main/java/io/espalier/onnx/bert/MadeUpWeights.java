package io.espalier.onnx.bert;

import io.espalier.safetensors.FloatTensor;
import io.espalier.safetensors.TensorContent;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;

/** Weights of any name and shape, for graphs that are only timed: drawn by a tensor's name. */
final class MadeUpWeights implements Weights {

    private static final double DEVIATION = 0.05;

    private final Map<String, long[]> shapes = new HashMap<>();

    @Override
    public boolean has(String name) {
        return true;
    }

    @Override
    public void require(String name, long... shape) {
        shapes.put(name, shape.clone());
    }

    @Override
    public float[] floats(String name) {
        Random random = new Random(name.hashCode());
        long elements = LongStream.of(shape(name)).reduce(1, Math::multiplyExact);
        float[] values = new float[Math.toIntExact(elements)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (DEVIATION * random.nextGaussian());
        }
        return values;
    }

    @Override
    public TensorContent content(String name) {
        int[] shape = Arrays.stream(shape(name)).mapToInt(Math::toIntExact).toArray();
        return TensorContent.of(new FloatTensor(shape, floats(name)));
    }

    private long[] shape(String name) {
        long[] shape = shapes.get(name);
        if (shape == null) {
            throw new IllegalStateException("tensor '" + name + "' was not asked for before");
        }
        return shape;
    }
}
