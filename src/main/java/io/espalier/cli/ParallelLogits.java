package io.espalier.cli;

import io.espalier.model.Encoding;

import java.util.List;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Logits of many samples, in pieces that run side by side on the common pool. */
final class ParallelLogits {

    private static final int PIECE = 256;

    private ParallelLogits() {}

    /**
     * The logits [samples][C], in the order of the samples.
     *
     * @param model gives the logits of a piece; called from several threads
     * @param progress told the samples of each piece that is done, from any thread
     */
    static float[][] of(
            Function<List<Encoding>, float[][]> model,
            List<Encoding> encodings,
            IntConsumer progress) {
        int n = encodings.size();
        float[][] logits = new float[n][];
        IntStream.range(0, (n + PIECE - 1) / PIECE)
                .parallel()
                .forEach(
                        piece -> {
                            int from = piece * PIECE;
                            int to = Math.min(n, from + PIECE);
                            float[][] rows = model.apply(encodings.subList(from, to));
                            System.arraycopy(rows, 0, logits, from, rows.length);
                            progress.accept(rows.length);
                        });
        return logits;
    }
}
