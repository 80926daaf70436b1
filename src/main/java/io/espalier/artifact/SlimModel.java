package io.espalier.artifact;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;
import io.espalier.safetensors.FloatTensor;
import io.espalier.safetensors.SafetensorsFile;
import io.espalier.safetensors.TensorContent;

import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A pruned model with true shapes: the parent's tensors and config, cut to the kept units.
 *
 * <p>Producers lose the rows of removed units, weight and bias; projections are replaced and are
 * F32; an emptied sublayer keeps its projection's bias and its LayerNorm only. All other tensors
 * stay as the parent stores them. A parent tensor that is missing or of another shape is refused.
 */
final class SlimModel {

    private static final int FORMAT = 1;

    private SlimModel() {}

    /** The tensors, to be written while the parent is open. */
    static SortedMap<String, TensorContent> tensors(
            SafetensorsFile parent, List<SlimSublayer> sublayers) throws IOException {
        SortedMap<String, TensorContent> tensors = new TreeMap<>();
        for (String name : parent.tensors().keySet()) {
            tensors.put(name, parent.stored(name));
        }
        for (SlimSublayer slim : sublayers) {
            Sublayer sublayer = slim.sublayer();
            for (String producer : sublayer.producers()) {
                cut(parent, slim, producer + ".weight", tensors);
                if (parent.tensors().containsKey(producer + ".bias")) {
                    cut(parent, slim, producer + ".bias", tensors);
                }
            }
            Projection projection = slim.projection();
            String weight = sublayer.projection() + ".weight";
            requireShape(parent, weight, List.of((long) projection.outputs(), inputs(sublayer)));
            put(
                    tensors,
                    weight,
                    new int[] {projection.outputs(), projection.inputs()},
                    projection.weight());
            put(
                    tensors,
                    sublayer.projection() + ".bias",
                    new int[] {projection.outputs()},
                    projection.bias());
        }
        return tensors;
    }

    private static void cut(
            SafetensorsFile parent,
            SlimSublayer slim,
            String name,
            SortedMap<String, TensorContent> tensors)
            throws IOException {
        List<Long> shape = parent.tensor(name).shape();
        requireShape(
                parent,
                name,
                shape.size() < 2
                        ? List.of(inputs(slim.sublayer()))
                        : List.of(inputs(slim.sublayer()), shape.get(1)));
        if (slim.keptUnits().length == 0) {
            tensors.remove(name);
        } else {
            tensors.put(name, parent.storedRows(name, slim.keptInputs()));
        }
    }

    private static void put(
            SortedMap<String, TensorContent> tensors, String name, int[] shape, float[] values) {
        if (values.length == 0) {
            tensors.remove(name);
        } else {
            tensors.put(name, TensorContent.of(new FloatTensor(shape, values)));
        }
    }

    private static void requireShape(SafetensorsFile parent, String name, List<Long> shape)
            throws IOException {
        if (!parent.tensor(name).shape().equals(shape)) {
            throw new ArtifactException(
                    "parent's tensor '"
                            + name
                            + "' has shape "
                            + parent.tensor(name).shape()
                            + ", its sublayer needs "
                            + shape);
        }
    }

    private static long inputs(Sublayer sublayer) {
        return sublayer.inputWidth();
    }

    /** The parent's config with our model type and the block that gives the kept units. */
    static byte[] config(ModelConfig parent, String parentDigest, List<SlimSublayer> sublayers)
            throws IOException {
        ObjectNode config = parent.slim();
        ObjectNode block = ModelConfig.block(config);
        block.put("format", FORMAT);
        block.put("parent", Manifest.DIGEST_PREFIX + parentDigest);
        ArrayNode rows = block.putArray("sublayers");
        for (SlimSublayer slim : sublayers) {
            ObjectNode row = rows.addObject();
            row.put("id", slim.sublayer().id());
            row.put("kind", slim.sublayer().kind().label());
            row.put("units", slim.sublayer().units());
            ArrayNode kept = row.putArray("kept");
            for (int unit : slim.keptUnits()) {
                kept.add(unit);
            }
        }
        return Json.write(config);
    }
}
