package io.espalier.artifact;

import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What {@code masks/mask.json} says: the decided mask, to be applied to the dense parent of that
 * digest and to no other model.
 *
 * <p>Where a projection was re-solved the repaired weights are in the slim model only; the mask
 * alone is then the structure without its repair.
 *
 * @param format 1
 * @param parent {@code sha256:} and the digest of the parent's {@code model.safetensors}
 * @param model id of the model
 * @param decision id of the decision
 * @param budget as configured, like {@code macs=0.5}
 * @param profile of the numerics
 * @param sublayers in model order
 */
public record MaskFile(
        int format,
        String parent,
        String model,
        String decision,
        String budget,
        String profile,
        List<Row> sublayers) {

    /** Refuses another format and copies the list. */
    public MaskFile {
        if (format != 1) {
            throw new IllegalArgumentException("format " + format + ", this build reads format 1");
        }
        sublayers = List.copyOf(sublayers);
    }

    /**
     * One sublayer's mask. Units that are not listed have the value 0.
     *
     * @param id of the sublayer
     * @param kind {@code attention} or {@code ffn}
     * @param units number of units of the dense parent
     * @param kept ids of the kept units, ascending
     * @param values the value of each kept unit, in that order
     */
    public record Row(String id, String kind, int units, List<Integer> kept, List<Float> values) {

        /** Copies the lists. */
        public Row {
            kept = List.copyOf(kept);
            values = List.copyOf(values);
        }
    }

    static MaskFile of(CandidateDescription candidate) {
        PruningMask mask = candidate.mask();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < mask.sublayers().size(); i++) {
            Sublayer sublayer = mask.sublayers().get(i);
            float[] values = mask.values(i);
            List<Integer> kept = Arrays.stream(mask.keptUnits(i)).boxed().toList();
            rows.add(
                    new Row(
                            sublayer.id(),
                            sublayer.kind().label(),
                            sublayer.units(),
                            kept,
                            kept.stream().map(unit -> values[unit]).toList()));
        }
        return new MaskFile(
                1,
                Manifest.DIGEST_PREFIX + candidate.parentDigest(),
                candidate.model(),
                candidate.decision(),
                candidate.budget().spec(),
                candidate.profile(),
                rows);
    }

    /** The file's bytes. */
    public byte[] toJson() throws IOException {
        return Json.write(this);
    }

    /** Reads the file's bytes. */
    public static MaskFile fromJson(byte[] json) throws ArtifactException {
        return Json.read("mask.json", json, MaskFile.class);
    }
}
