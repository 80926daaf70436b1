package io.espalier.batch;

import io.espalier.artifact.CandidateDescription;
import io.espalier.cost.MacCost;
import io.espalier.drift.HeldOutQuality;
import io.espalier.mask.PruningMask;
import io.espalier.mask.SublayerKind;
import io.espalier.model.ModelDescription;
import io.espalier.report.PruningReport;
import org.jspecify.annotations.Nullable;

import java.math.BigInteger;

/** The parts of a {@link PruningReport} that every way of pruning has. */
public final class ReportFacts {

    private ReportFacts() {}

    /** What was allowed and what was used. */
    public static PruningReport.Budget budget(CandidateDescription candidate) {
        return new PruningReport.Budget(
                candidate.budget().spec(),
                candidate.budget().target(),
                candidate.budget().achieved(),
                commonDivisor(candidate.mask()));
    }

    /** The largest number of which all kept numbers of neurons are multiples; at least 1. */
    private static int commonDivisor(PruningMask mask) {
        int divisor = 0;
        for (int s = 0; s < mask.sublayers().size(); s++) {
            if (mask.sublayers().get(s).kind() == SublayerKind.FFN) {
                divisor =
                        BigInteger.valueOf(divisor)
                                .gcd(BigInteger.valueOf(mask.keptUnits(s).length))
                                .intValueExact();
            }
        }
        return Math.max(1, divisor);
    }

    /**
     * Sizes of the whole model.
     *
     * @param slim as it was written
     * @param macs at the lengths of the traffic
     */
    public static PruningReport.Totals totals(
            ModelDescription dense, ModelDescription slim, MacCost macs, PruningMask mask) {
        double total = macs.total(mask.sublayers());
        return new PruningReport.Totals(
                new PruningReport.Change(dense.parameters(), slim.parameters()),
                new PruningReport.Change(Math.round(total), Math.round(macs.share(mask) * total)),
                new PruningReport.Change(dense.bytes(), slim.bytes()));
    }

    /** A quality as reports have it; null if nobody judged. */
    public static PruningReport.@Nullable Quality quality(@Nullable HeldOutQuality quality) {
        return quality == null || quality.samples() == 0
                ? null
                : new PruningReport.Quality(
                        quality.samples(),
                        quality.labelled(),
                        quality.accuracy(),
                        quality.loss(),
                        quality.agreement(),
                        quality.divergence());
    }
}
