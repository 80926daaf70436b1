package io.espalier.batch;

import io.espalier.artifact.SlimSublayer;
import io.espalier.cost.Budget;
import io.espalier.cost.CostModel;
import io.espalier.cost.CostModels;
import io.espalier.cost.Counted;
import io.espalier.cost.MacCost;
import io.espalier.fisher.FisherSnapshot;
import io.espalier.fisher.RestingMoments;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.mask.Projection;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.model.SideBySide;
import io.espalier.model.TextClassifier;
import io.espalier.search.CurveSearch;
import io.espalier.search.ErrorCurve;
import io.espalier.search.StructureError;
import io.espalier.tuning.PredictedError;
import io.espalier.tuning.ProjectionRepair;
import io.espalier.tuning.RepairedProjection;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A dense model and what one scoring pass has shown of its traffic: what all budgets, steps and
 * profiles start from.
 *
 * <p>Works on threads that are lent, sublayer by sublayer; their number does not change a result.
 * The model must stay open. Of the statistics only what rests is kept, {@link RestingMoments} and
 * {@link FisherSnapshot}.
 */
public final class Calibration {

    private final TextClassifier dense;
    private final List<Sublayer> sublayers;
    private final List<Projection> projections;
    private final List<FisherSnapshot> snapshots;
    private final List<RestingMoments> moments;
    private final CostModels costs;
    private final ExecutorService threads;

    /**
     * Takes over statistics.
     *
     * @param dense that was scored
     * @param statistics one entry for each sublayer, in model order, with at least one sample
     * @param costs what budgets count
     * @param threads to work on
     */
    public Calibration(
            TextClassifier dense,
            List<SublayerStatistics> statistics,
            CostModels costs,
            ExecutorService threads)
            throws InterruptedException {
        this(
                dense,
                SideBySide.run(threads, tasks(statistics, SublayerStatistics::snapshot)),
                SideBySide.run(threads, tasks(statistics, SublayerStatistics::rest)),
                costs,
                threads);
    }

    private static <T> List<Callable<T>> tasks(
            List<SublayerStatistics> statistics, Function<SublayerStatistics, T> work) {
        return statistics.stream().<Callable<T>>map(each -> () -> work.apply(each)).toList();
    }

    /**
     * Takes over statistics that rest.
     *
     * @param snapshots one for each sublayer, in model order
     * @param moments the same
     */
    public Calibration(
            TextClassifier dense,
            List<FisherSnapshot> snapshots,
            List<RestingMoments> moments,
            CostModels costs,
            ExecutorService threads) {
        this.dense = dense;
        this.sublayers = dense.description().sublayers();
        this.projections =
                IntStream.range(0, sublayers.size()).mapToObj(dense::projection).toList();
        this.costs = costs;
        this.threads = threads;
        this.snapshots = List.copyOf(snapshots);
        this.moments = List.copyOf(moments);
    }

    private <T> List<T> bySublayer(Function<Integer, T> work) throws InterruptedException {
        List<Callable<T>> tasks = new ArrayList<>();
        for (int s = 0; s < sublayers.size(); s++) {
            int sublayer = s;
            tasks.add(() -> work.apply(sublayer));
        }
        return SideBySide.run(threads, tasks);
    }

    /** The model that was scored. */
    public TextClassifier dense() {
        return dense;
    }

    /** Its sublayers, in model order. */
    public List<Sublayer> sublayers() {
        return sublayers;
    }

    /** Samples in the statistics. */
    public long samples() {
        return snapshots.get(0).samples();
    }

    /** The gradients' side of the statistics, in model order. */
    List<FisherSnapshot> snapshots() {
        return snapshots;
    }

    /** The model of what is counted, at the lengths of this traffic. */
    public CostModel cost(Counted counted) {
        FisherSnapshot any = snapshots.get(0);
        return costs.of(counted, any.meanLength(), any.meanSquaredLength());
    }

    /** Multiply-accumulates at the lengths of this traffic. */
    public MacCost macs() {
        FisherSnapshot any = snapshots.get(0);
        return new MacCost(costs.hidden(), any.meanLength(), any.meanSquaredLength());
    }

    /** Share of what a budget counts that a mask keeps on this traffic. */
    public double share(Budget budget, PruningMask mask) {
        return cost(budget.counted()).share(mask);
    }

    /** The error curves of all sublayers; the work of all budgets, to be done once. */
    public List<ErrorCurve> curves(Runnable progress) throws InterruptedException {
        return bySublayer(
                s -> {
                    ErrorCurve curve =
                            CurveSearch.of(
                                    sublayers.get(s),
                                    moments.get(s).moments(),
                                    moments.get(s).meanMetric(),
                                    projections.get(s));
                    progress.run();
                    return curve;
                });
    }

    /** The dense model under a mask, repaired with these statistics. */
    public PrunedModel repaired(PruningMask mask, ProjectionRepair repair)
            throws InterruptedException {
        return PrunedModel.repaired(mask, repairs(mask, repair));
    }

    /** The projections of the model under a mask, in model order. */
    public List<RepairedProjection> repairs(PruningMask mask, ProjectionRepair repair)
            throws InterruptedException {
        return bySublayer(
                s ->
                        repair.repair(
                                sublayers.get(s),
                                moments.get(s).moments(),
                                projections.get(s),
                                mask.values(s)));
    }

    /** What a structure, re-solved, is predicted to cost on this traffic; what a job decides by. */
    public double structureError(PruningMask mask) throws InterruptedException {
        return bySublayer(
                        s ->
                                StructureError.of(
                                        sublayers.get(s),
                                        moments.get(s).moments(),
                                        moments.get(s).meanMetric(),
                                        projections.get(s),
                                        mask.values(s)))
                .stream()
                .mapToDouble(Double::doubleValue)
                .sum();
    }

    /** What a pruned model is predicted to cost on this traffic, exactly as it is. */
    public double predictedError(PrunedModel model) throws InterruptedException {
        return predictedError(
                model.mask(), model.sublayers().stream().map(SlimSublayer::projection).toList());
    }

    /**
     * The same of a model that was loaded.
     *
     * @param mask what it keeps
     * @param pruned its output projections, in model order
     */
    public double predictedError(PruningMask mask, List<Projection> pruned)
            throws InterruptedException {
        return bySublayer(
                        s ->
                                PredictedError.of(
                                        sublayers.get(s),
                                        moments.get(s).moments(),
                                        moments.get(s).meanMetric(),
                                        projections.get(s),
                                        mask.values(s),
                                        pruned.get(s)))
                .stream()
                .mapToDouble(Double::doubleValue)
                .sum();
    }
}
