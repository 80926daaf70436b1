package io.espalier.artifact;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.safetensors.FloatTensor;
import io.espalier.safetensors.SafetensorsFile;
import io.espalier.safetensors.TensorContent;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A pruned model in the shapes of its original class, for unmodified transformers.
 *
 * <p>Attention keeps the parent's query, key and value; the projection's columns of removed heads
 * are 0. The intermediate size is that of the widest feed-forward sublayer, rounded up to {@value
 * #WIDTH_STEP}; in narrower ones the rows and columns that are too many are 0, and GELU(0) = 0. So
 * every layer computes what the slim one does.
 */
final class StockModel {

    /** Widths that matrix kernels like; costs at most 7 neurons. */
    private static final int WIDTH_STEP = 8;

    private StockModel() {}

    /** The intermediate size that all layers get. */
    static int width(List<SlimSublayer> sublayers) {
        int widest =
                sublayers.stream()
                        .filter(slim -> slim.sublayer().kind() == SublayerKind.FFN)
                        .mapToInt(slim -> slim.projection().inputs())
                        .max()
                        .orElse(0);
        int rounded = (widest + WIDTH_STEP - 1) / WIDTH_STEP * WIDTH_STEP;
        int dense =
                sublayers.stream()
                        .filter(slim -> slim.sublayer().kind() == SublayerKind.FFN)
                        .mapToInt(slim -> slim.sublayer().units())
                        .max()
                        .orElse(WIDTH_STEP);
        return Math.max(1, Math.min(Math.max(rounded, WIDTH_STEP), dense));
    }

    /** The parent's config with the new width. */
    static byte[] config(ParentConfig parent, List<SlimSublayer> sublayers) throws IOException {
        ObjectNode config = parent.copy();
        config.put("intermediate_size", width(sublayers));
        return Json.write(config);
    }

    /** The tensors, to be written while the parent is open. */
    static SortedMap<String, TensorContent> tensors(
            SafetensorsFile parent, List<SlimSublayer> sublayers) throws IOException {
        int width = width(sublayers);
        SortedMap<String, TensorContent> tensors = new TreeMap<>();
        for (String name : parent.tensors().keySet()) {
            tensors.put(name, parent.stored(name));
        }
        for (SlimSublayer slim : sublayers) {
            Sublayer sublayer = slim.sublayer();
            boolean attention = sublayer.kind() == SublayerKind.ATTENTION;
            int inputs = attention ? sublayer.inputWidth() : width;
            if (!attention) {
                for (String producer : sublayer.producers()) {
                    cut(parent, producer + ".weight", slim, width, tensors);
                    cut(parent, producer + ".bias", slim, width, tensors);
                }
            }
            int[] columns = attention ? slim.keptInputs() : firstColumns(slim);
            Projection projection = slim.projection();
            String name = sublayer.projection();
            tensors.put(name + ".weight", TensorContent.of(spread(projection, columns, inputs)));
            tensors.put(
                    name + ".bias",
                    TensorContent.of(
                            new FloatTensor(new int[] {projection.outputs()}, projection.bias())));
        }
        return tensors;
    }

    /** The kept rows, followed by rows of zeros. */
    private static void cut(
            SafetensorsFile parent,
            String name,
            SlimSublayer slim,
            int rows,
            SortedMap<String, TensorContent> tensors)
            throws IOException {
        if (!parent.tensors().containsKey(name)) {
            return; // A linear map without a bias.
        }
        TensorContent kept = parent.storedRows(name, slim.keptInputs());
        List<Long> shape = new ArrayList<>(kept.shape());
        shape.set(0, (long) rows);
        TensorContent padded = new TensorContent(kept.dtype(), shape, out -> {});
        int zeros = Math.toIntExact(padded.bytes() - kept.bytes());
        tensors.put(
                name,
                new TensorContent(
                        kept.dtype(),
                        shape,
                        out -> {
                            kept.payload().writeTo(out);
                            out.write(new byte[zeros]); // 0.0 in every floating type
                        }));
    }

    private static int[] firstColumns(SlimSublayer slim) {
        return java.util.stream.IntStream.range(0, slim.projection().inputs()).toArray();
    }

    private static FloatTensor spread(Projection projection, int[] columns, int inputs) {
        float[] wide = new float[Math.multiplyExact(projection.outputs(), inputs)];
        for (int row = 0; row < projection.outputs(); row++) {
            for (int i = 0; i < columns.length; i++) {
                wide[row * inputs + columns[i]] =
                        projection.weight()[row * projection.inputs() + i];
            }
        }
        return new FloatTensor(new int[] {projection.outputs(), inputs}, wide);
    }
}
