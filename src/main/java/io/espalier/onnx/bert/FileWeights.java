package io.espalier.onnx.bert;

import io.espalier.safetensors.DType;
import io.espalier.safetensors.SafetensorsFile;
import io.espalier.safetensors.TensorContent;
import io.espalier.safetensors.TensorInfo;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The weights of a checkpoint, converted to float32; to be used while the file is open. */
final class FileWeights implements Weights {

    private static final Set<DType> FLOATS = Set.of(DType.F64, DType.F32, DType.F16, DType.BF16);

    private final SafetensorsFile file;

    FileWeights(SafetensorsFile file) {
        this.file = file;
    }

    @Override
    public boolean has(String name) {
        return file.tensors().containsKey(name);
    }

    @Override
    public void require(String name, long... shape) {
        TensorInfo info = info(name);
        List<Long> expected = Arrays.stream(shape).boxed().toList();
        if (!info.shape().equals(expected)) {
            throw new IllegalArgumentException(
                    "tensor '"
                            + name
                            + "' has shape "
                            + info.shape()
                            + ", config.json asks for "
                            + expected);
        }
        if (!FLOATS.contains(info.dtype())) {
            throw new IllegalArgumentException(
                    "tensor '" + name + "' is " + info.dtype() + ", weights are one of " + FLOATS);
        }
    }

    @Override
    public float[] floats(String name) throws IOException {
        return file.floats(name);
    }

    @Override
    public TensorContent content(String name) {
        return new TensorContent(DType.F32, info(name).shape(), out -> file.writeFloats(name, out));
    }

    private TensorInfo info(String name) {
        TensorInfo info = file.tensors().get(name);
        if (info == null) {
            throw new IllegalArgumentException(
                    "tensor '" + name + "' is missing; the file has " + file.tensors().size());
        }
        return info;
    }
}
