package io.espalier.onnx;

import io.espalier.model.Encoding;
import io.espalier.testing.GeneratedBert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

import static io.espalier.onnx.OnnxParity.TOLERANCE;
import static org.assertj.core.api.Assertions.assertThat;

/** Parity at the width of a published encoder, where kernels take their blocked paths. */
class OnnxParityITCase {

    @TempDir private Path directory;

    @Test
    void dozensOfRealLengthsAgree() throws Exception {
        GeneratedBert real = GeneratedBert.REAL;
        Path slim =
                real.writeSlim(
                        directory.resolve("slim"),
                        new int[] {12, 7, 0, 1, 5},
                        new int[] {1536, 701, 64, 0, 333},
                        11);
        Path onnx = OnnxParity.export(slim, directory.resolve("model.onnx"));
        List<Encoding> samples = real.samples(40, 1, 200, 5);
        assertThat(OnnxParity.difference(onnx, slim, samples, 1)).isLessThan(TOLERANCE);
        assertThat(OnnxParity.difference(onnx, slim, samples, 32)).isLessThan(TOLERANCE);
        List<Encoding> longest = real.samples(2, 512, 512, 6);
        assertThat(OnnxParity.difference(onnx, slim, longest, 2)).isLessThan(TOLERANCE);
    }
}
