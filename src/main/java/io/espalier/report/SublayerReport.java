package io.espalier.report;

import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What became of one sublayer.
 *
 * <pre>
 *   parameters = n w (p (d + 1) + d) + 3 d
 * </pre>
 *
 * <p>with n units of width w, p producers (query, key and value; or the first feed-forward matrix)
 * and the hidden size d; 3 d are the projection's bias and the LayerNorm, which stay when no unit
 * does.
 *
 * @param id of the sublayer
 * @param kind {@code attention} or {@code ffn}
 * @param layer index from 0
 * @param units of the dense parent
 * @param kept ids of the kept units, ascending
 * @param repair what the repair of its projection came to
 * @param refusals why a better repair was refused; usually empty
 * @param parameters dense and pruned
 */
public record SublayerReport(
        String id,
        String kind,
        int layer,
        int units,
        List<Integer> kept,
        String repair,
        List<String> refusals,
        PruningReport.Change parameters) {

    /** Refuses ids out of range or order; copies the lists. */
    public SublayerReport {
        Facts.present("sublayers.id", id);
        Facts.kind("sublayers.kind", kind);
        Facts.present("sublayers.repair", repair);
        Facts.present("sublayers.parameters", parameters);
        Facts.count("sublayers.layer", layer);
        Facts.present("sublayers.kept", kept);
        Facts.present("sublayers.refusals", refusals);
        refusals = List.copyOf(refusals);
        kept = new KeptUnits(SublayerKind.ofLabel(kind), layer, units, kept).kept();
    }

    /**
     * The sublayers of a mask.
     *
     * @param hidden d
     * @param repairs what the repairs came to, in the mask's order
     * @param refusals why better ones were refused, in the mask's order
     */
    public static List<SublayerReport> of(
            PruningMask mask, int hidden, List<String> repairs, List<List<String>> refusals) {
        int count = mask.sublayers().size();
        if (repairs.size() != count || refusals.size() != count) {
            throw new IllegalArgumentException(
                    "%d repairs and %d lists of refusals for %d sublayers"
                            .formatted(repairs.size(), refusals.size(), count));
        }
        List<SublayerReport> reports = new ArrayList<>();
        for (int s = 0; s < count; s++) {
            Sublayer sublayer = mask.sublayers().get(s);
            List<Integer> kept = Arrays.stream(mask.keptUnits(s)).boxed().toList();
            reports.add(
                    new SublayerReport(
                            sublayer.id(),
                            sublayer.kind().label(),
                            sublayer.layer(),
                            sublayer.units(),
                            kept,
                            repairs.get(s),
                            refusals.get(s),
                            new PruningReport.Change(
                                    parameters(sublayer, sublayer.units(), hidden),
                                    parameters(sublayer, kept.size(), hidden))));
        }
        return reports;
    }

    private static long parameters(Sublayer sublayer, int units, int hidden) {
        long perInput = sublayer.producers().size() * (hidden + 1L) + hidden;
        return (long) units * sublayer.unitWidth() * perInput + 3L * hidden;
    }

    /** The kept units alone. */
    public KeptUnits keptUnits() {
        return new KeptUnits(SublayerKind.ofLabel(kind), layer, units, kept);
    }
}
