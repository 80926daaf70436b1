package io.espalier.cli;

import ai.onnxruntime.OnnxTensor;
import io.espalier.client.OnnxRuntime;
import io.espalier.cost.Workload;
import io.espalier.model.Encoding;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Sequences of one length without padding, of tokens that were drawn; times depend on shapes alone.
 *
 * @param ids tokens of each sequence
 */
@SuppressWarnings("ArrayRecordComponent") // Handed to engines, never compared.
record MadeUpBatch(int[][] ids) {

    private static final long SEED = 1;

    /** Draws one. */
    static MadeUpBatch of(Workload workload, int vocabulary) {
        Random random = new Random(SEED);
        return new MadeUpBatch(
                IntStream.range(0, workload.batch())
                        .mapToObj(i -> random.ints(workload.length(), 0, vocabulary).toArray())
                        .toArray(int[][]::new));
    }

    /** As our own forward pass takes it. */
    List<Encoding> encodings() {
        return Arrays.stream(ids).map(row -> new Encoding(row, new int[row.length])).toList();
    }

    /** As a classifier's graph takes it; to be closed. */
    Map<String, OnnxTensor> tensors() {
        return Map.of(
                "input_ids",
                tensor(row -> Arrays.stream(row).asLongStream().toArray()),
                "attention_mask",
                mask(),
                "token_type_ids",
                tensor(row -> new long[row.length]));
    }

    /** As a graph of sublayers takes it, with drawn activations; to be closed. */
    Map<String, OnnxTensor> activations(int hidden) {
        Random random = new Random(SEED);
        FloatBuffer values = FloatBuffer.allocate(ids.length * ids[0].length * hidden);
        while (values.hasRemaining()) {
            values.put((float) random.nextGaussian());
        }
        long[] shape = {ids.length, ids[0].length, hidden};
        OnnxTensor tensor =
                OnnxSession.guarded(
                        () ->
                                OnnxTensor.createTensor(
                                        OnnxRuntime.environment(), values.flip(), shape));
        return Map.of("hidden", tensor, "attention_mask", mask());
    }

    private OnnxTensor mask() {
        return tensor(
                row -> {
                    long[] ones = new long[row.length];
                    Arrays.fill(ones, 1);
                    return ones;
                });
    }

    /** What a sequence's row is. */
    private interface Row {
        long[] of(int[] ids);
    }

    private OnnxTensor tensor(Row row) {
        long[][] values = Arrays.stream(ids).map(row::of).toArray(long[][]::new);
        return OnnxSession.guarded(
                () -> OnnxTensor.createTensor(OnnxRuntime.environment(), values));
    }
}
