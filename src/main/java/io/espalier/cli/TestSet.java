package io.espalier.cli;

import io.espalier.drift.HeldOutQuality;
import io.espalier.model.Encoding;
import io.espalier.model.TextClassifier;
import io.espalier.wire.codec.Labels;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Labelled samples of one file that models are tested on, with the dense model's logits.
 *
 * @param name of the file, without its directory
 * @param encodings of the samples
 * @param labels of the samples
 * @param dense logits of the dense model [samples][C]
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on within one command, never compared.
record TestSet(String name, List<Encoding> encodings, int[] labels, float[][] dense) {

    /** Reads a file and runs the dense model over it. */
    static TestSet read(Path file, TextClassifier dense, ProgressBars bars) throws IOException {
        TsvDataset dataset = TsvDataset.read(file, new Labels(dense.description().labels()));
        List<Encoding> encodings = new ArrayList<>();
        for (TsvDataset.Example example : dataset.examples()) {
            encodings.add(dense.encode(example.text(), example.pair()));
        }
        int[] labels = dataset.examples().stream().mapToInt(TsvDataset.Example::label).toArray();
        String name = String.valueOf(file.getFileName());
        try (ProgressBars.Task task =
                bars.start("dense model on " + name, encodings.size(), "samples")) {
            float[][] logits = ParallelLogits.of(dense::logits, encodings, task::step);
            return new TestSet(name, encodings, labels, logits);
        }
    }

    /** The quality of the dense model itself. */
    HeldOutQuality denseQuality() {
        return HeldOutQuality.of(dense, dense, labels);
    }

    /** The quality of a model, given by its logits. */
    HeldOutQuality quality(Function<List<Encoding>, float[][]> model) {
        return HeldOutQuality.of(ParallelLogits.of(model, encodings, samples -> {}), dense, labels);
    }
}
