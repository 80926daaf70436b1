package io.espalier.system;

import io.espalier.cost.Budget;
import io.espalier.cost.CostModels;
import io.espalier.cost.Counted;
import io.espalier.fisher.FisherSnapshot;
import io.espalier.fisher.RestingMoments;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.model.DenseProjections;
import io.espalier.search.Allocation;
import io.espalier.search.CurveSearch;
import io.espalier.search.ErrorCurve;
import io.espalier.stream.score.HeldOutShare;
import io.espalier.testing.SyntheticScorer;
import io.espalier.testing.TinyBert;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The oracle for jobs on the tiny model with synthetic gradients and the default profile: sums of
 * the samples' ids, the search on them, and the published formula of the cost.
 */
public final class SyntheticOracle implements DecisionOracle {

    private final Path model;
    private final int gradientRows;
    private final long seed;
    private final HeldOutShare heldOut;
    private final Map<List<String>, List<SublayerStatistics>> sums = new HashMap<>();
    private final Map<Question, List<List<Integer>>> answers = new HashMap<>();

    /**
     * An oracle.
     *
     * @param model directory of the dense parent
     * @param heldOut share of the samples that judge
     */
    SyntheticOracle(Path model, int gradientRows, long seed, double heldOut) {
        this.model = model;
        this.gradientRows = gradientRows;
        this.seed = seed;
        this.heldOut = HeldOutShare.of(heldOut, seed);
    }

    @Override
    public boolean heldOut(String id) {
        return heldOut.contains(id);
    }

    @Override
    public String statistics(List<String> ids) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (SublayerStatistics sublayer : sums(ids)) {
                digest.update(sublayer.snapshot().digest());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<SublayerStatistics> sums(List<String> ids) {
        return sums.computeIfAbsent(
                List.copyOf(ids),
                all -> SyntheticScorer.statisticsOf(TinyBert.sublayers(), gradientRows, seed, all));
    }

    /** Samples and a budget. */
    private record Question(List<String> ids, String budget) {}

    @Override
    public List<List<Integer>> best(List<String> ids, String budget) {
        return answers.computeIfAbsent(
                new Question(List.copyOf(ids), budget), asked -> search(asked.ids(), budget));
    }

    private List<List<Integer>> search(List<String> ids, String budget) {
        return best(model, sums(ids), budget);
    }

    /** Units of each sublayer that the best structure within a budget keeps on statistics. */
    public static List<List<Integer>> best(
            Path model, List<SublayerStatistics> statistics, String budget) {
        List<ErrorCurve> curves = new ArrayList<>();
        for (SublayerStatistics each : statistics) {
            RestingMoments rest = each.rest();
            Sublayer sublayer = TinyBert.sublayers().get(rest.sublayer());
            try {
                curves.add(
                        CurveSearch.of(
                                sublayer,
                                rest.moments(),
                                rest.meanMetric(),
                                DenseProjections.read(model, sublayer)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        FisherSnapshot any = statistics.get(0).snapshot();
        PruningMask mask =
                new Allocation(
                                TinyBert.sublayers(),
                                curves,
                                CostModels.counted(TinyBert.HIDDEN)
                                        .of(
                                                Counted.MACS,
                                                any.meanLength(),
                                                any.meanSquaredLength()))
                        .allocate(Budget.parse(budget))
                        .mask();
        List<List<Integer>> kept = new ArrayList<>();
        for (int s = 0; s < TinyBert.sublayers().size(); s++) {
            kept.add(Arrays.stream(mask.keptUnits(s)).boxed().toList());
        }
        return kept;
    }

    /** Multiply-accumulates by the paper's formula, on the mean lengths of these samples. */
    @Override
    public double share(List<String> ids, String budget, List<List<Integer>> kept) {
        FisherSnapshot any = sums(ids).get(0).snapshot();
        double length = any.meanLength();
        double head =
                (4 * length * TinyBert.HIDDEN + 2 * any.meanSquaredLength()) * TinyBert.HEAD_SIZE;
        double neuron = 2 * length * TinyBert.HIDDEN;
        double needed = 0;
        for (int s = 0; s < kept.size(); s++) {
            boolean attention = TinyBert.sublayers().get(s).kind() == SublayerKind.ATTENTION;
            needed += kept.get(s).size() * (attention ? head : neuron);
        }
        return needed / (TinyBert.LAYERS * (TinyBert.HEADS * head + TinyBert.NEURONS * neuron));
    }
}
