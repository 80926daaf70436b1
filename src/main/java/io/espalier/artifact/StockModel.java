package io.espalier.artifact;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.architecture.BertConfig;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.safetensors.DType;
import io.espalier.safetensors.FloatTensor;
import io.espalier.safetensors.SafetensorsFile;
import io.espalier.safetensors.TensorContent;

import java.io.IOException;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A slim model in the shapes of its original class, for unmodified transformers.
 *
 * <p>Removed heads come back as zeros: their rows of query, key and value, and their columns of the
 * projection. The intermediate size is that of the widest feed-forward sublayer, rounded up to
 * {@value #WIDTH_STEP}; the rows and columns that a narrower one has too many are 0, and GELU(0) =
 * 0. So every layer computes what the slim one does.
 */
final class StockModel {

    /** Widths that matrix kernels like; costs at most 7 neurons. */
    private static final int WIDTH_STEP = 8;

    private final SafetensorsFile slim;
    private final BertConfig config;
    private final SortedMap<String, TensorContent> tensors = new TreeMap<>();

    private StockModel(SafetensorsFile slim, BertConfig config) {
        this.slim = slim;
        this.config = config;
    }

    /** The intermediate size that all layers get. */
    static int width(BertConfig config) {
        int widest = 0;
        int dense = 0;
        for (int i = 0; i < config.dense().size(); i++) {
            if (config.dense().get(i).kind() == SublayerKind.FFN) {
                widest = Math.max(widest, config.kept().get(i).length);
                dense = config.dense().get(i).units();
            }
        }
        int rounded = (widest + WIDTH_STEP - 1) / WIDTH_STEP * WIDTH_STEP;
        return Math.min(Math.max(rounded, WIDTH_STEP), dense);
    }

    /** The config of the original class, of the new width. */
    static byte[] config(ModelConfig slim) throws IOException {
        ObjectNode config = slim.original();
        config.put("intermediate_size", width(slim.architecture()));
        return Json.write(config);
    }

    /** The tensors, to be written while the slim file is open. */
    static SortedMap<String, TensorContent> tensors(SafetensorsFile slim, BertConfig config)
            throws IOException {
        StockModel stock = new StockModel(slim, config);
        for (String name : slim.tensors().keySet()) {
            stock.tensors.put(name, slim.stored(name));
        }
        int width = width(config);
        for (int i = 0; i < config.dense().size(); i++) {
            Sublayer sublayer = config.dense().get(i);
            int[] kept = config.kept().get(i);
            if (sublayer.kind() == SublayerKind.ATTENTION) {
                stock.widen(sublayer, inputs(sublayer, kept), config.hidden());
            } else {
                stock.widen(sublayer, IntStream.range(0, kept.length).toArray(), width);
            }
        }
        return stock.tensors;
    }

    /** Where the inputs of kept heads lie in the dense projection. */
    private static int[] inputs(Sublayer sublayer, int[] kept) {
        int width = sublayer.unitWidth();
        int[] inputs = new int[kept.length * width];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = kept[i / width] * width + i % width;
        }
        return inputs;
    }

    private void widen(Sublayer sublayer, int[] places, int width) {
        for (String producer : sublayer.producers()) {
            rows(producer + ".weight", places, config.hidden(), width, config.hidden());
            rows(producer + ".bias", places, 1, width);
        }
        String name = sublayer.projection() + ".weight";
        put(
                name,
                () -> {
                    float[] weight = floats(name, places);
                    float[] wide = new float[config.hidden() * width];
                    for (int row = 0; row < config.hidden(); row++) {
                        for (int i = 0; i < places.length; i++) {
                            wide[row * width + places[i]] = weight[row * places.length + i];
                        }
                    }
                    return wide;
                },
                config.hidden(),
                width);
    }

    /** Puts the rows of a producer where they belong, zeros elsewhere. */
    private void rows(String name, int[] places, int columns, int... shape) {
        put(
                name,
                () -> {
                    float[] kept = floats(name, places);
                    float[] wide = new float[Math.multiplyExact(shape[0], columns)];
                    for (int i = 0; i < places.length; i++) {
                        System.arraycopy(kept, i * columns, wide, places[i] * columns, columns);
                    }
                    return wide;
                },
                shape);
    }

    private float[] floats(String name, int[] places) throws IOException {
        return places.length == 0 ? new float[0] : slim.floats(name);
    }

    /** Elements that are made when their turn to be written comes. */
    private interface Elements {
        float[] make() throws IOException;
    }

    private void put(String name, Elements elements, int... shape) {
        tensors.put(
                name,
                new TensorContent(
                        DType.F32,
                        Arrays.stream(shape).mapToLong(size -> size).boxed().toList(),
                        out ->
                                TensorContent.of(new FloatTensor(shape, elements.make()))
                                        .payload()
                                        .writeTo(out)));
    }
}
