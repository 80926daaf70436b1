package io.espalier.stream.fold;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

import io.espalier.config.Profile;
import io.espalier.fisher.RestingMoments;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.mask.Sublayer;
import io.espalier.model.DenseProjections;
import io.espalier.search.CurveSearch;
import io.espalier.search.ErrorCurve;
import io.espalier.stream.decide.DecisionPlan;
import io.espalier.stream.type.StreamTypes;
import io.espalier.stream.type.SublayerSummary;
import io.espalier.stream.type.Windowed;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Merges partial statistics of one sublayer until their window ends, then works out its error curve
 * and emits what decisions need and, to {@link #MOMENTS}, what tuning needs.
 *
 * <p>Keyed by sublayer. State: one statistics object for each open window.
 */
public final class FoldFunction
        extends KeyedProcessFunction<
                Integer, Windowed<SublayerStatistics>, Windowed<SublayerSummary>> {

    private static final long serialVersionUID = 1L;

    /** Moments of ended windows. */
    public static final OutputTag<Windowed<RestingMoments>> MOMENTS =
            new OutputTag<>("moments", StreamTypes.WINDOWED_MOMENTS);

    private final String modelDirectory;
    private final DecisionPlan plan;

    private transient MapState<Long, SublayerStatistics> running;

    /**
     * Folds statistics of a dense model.
     *
     * @param plan what they are to decide
     */
    @SuppressWarnings("NullAway.Init") // open() is called before anything else.
    public FoldFunction(String modelDirectory, DecisionPlan plan) {
        this.modelDirectory = modelDirectory;
        this.plan = plan;
    }

    @Override
    public void open(OpenContext context) {
        running =
                getRuntimeContext()
                        .getMapState(
                                new MapStateDescriptor<>(
                                        "running", Types.LONG, StreamTypes.STATISTICS));
    }

    @Override
    public void processElement(
            Windowed<SublayerStatistics> partial,
            Context context,
            Collector<Windowed<SublayerSummary>> out)
            throws Exception {
        long end = partial.windowEnd();
        SublayerStatistics statistics = running.get(end);
        if (statistics == null) {
            statistics = partial.value();
            context.timerService().registerEventTimeTimer(end - 1);
        } else {
            statistics.merge(partial.value());
        }
        running.put(end, statistics);
    }

    @Override
    public void onTimer(
            long timestamp, OnTimerContext context, Collector<Windowed<SublayerSummary>> out)
            throws Exception {
        long end = timestamp + 1;
        SublayerStatistics statistics = running.get(end);
        running.remove(end);
        RestingMoments rest = statistics.rest();
        boolean decides = statistics.gradients().samples() >= plan.minSamples();
        ErrorCurve curve = decides && plan.profile() == Profile.ESPALIER ? curve(rest) : null;
        out.collect(
                new Windowed<>(
                        end,
                        new SublayerSummary(
                                statistics.snapshot(), curve, curve == null ? null : rest)));
        context.output(MOMENTS, new Windowed<>(end, rest));
    }

    private ErrorCurve curve(RestingMoments rest) throws IOException {
        Sublayer sublayer = plan.sublayers().get(rest.sublayer());
        return CurveSearch.of(
                sublayer,
                rest.moments(),
                rest.meanMetric(),
                DenseProjections.read(Path.of(modelDirectory), sublayer));
    }
}
