package io.espalier.stream.fold;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

import io.espalier.config.Profile;
import io.espalier.config.WindowType;
import io.espalier.fisher.RestingMoments;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.mask.Sublayer;
import io.espalier.model.DenseProjections;
import io.espalier.search.CurveSearch;
import io.espalier.search.ErrorCurve;
import io.espalier.stream.decide.DecisionPlan;
import io.espalier.stream.type.PaneStatistics;
import io.espalier.stream.type.StreamTypes;
import io.espalier.stream.type.SublayerSummary;
import io.espalier.stream.type.Windowed;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Merges partial statistics of one sublayer by panes, and at the end of each pane makes of them
 * what the window type asks for; then works out the error curve and emits all that a decision
 * needs.
 *
 * <p>Keyed by sublayer. State: the statistics of open panes and of closed ones that a later window
 * still needs, by their ends; of a running window, one for everything so far.
 */
public final class FoldFunction
        extends KeyedProcessFunction<
                Integer, Windowed<SublayerStatistics>, Windowed<SublayerSummary>> {

    private static final long serialVersionUID = 1L;

    private final String modelDirectory;
    private final DecisionPlan plan;

    private transient MapState<Long, PaneStatistics> panes;
    private transient ValueState<Long> since;

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
        panes =
                getRuntimeContext()
                        .getMapState(
                                new MapStateDescriptor<>("panes", Types.LONG, StreamTypes.PANE));
        since =
                getRuntimeContext()
                        .getState(new ValueStateDescriptor<>("running-since", Types.LONG));
    }

    @Override
    public void processElement(
            Windowed<SublayerStatistics> partial,
            Context context,
            Collector<Windowed<SublayerSummary>> out)
            throws Exception {
        long end = partial.windowEnd();
        PaneStatistics pane = panes.get(end);
        if (pane == null) {
            pane = new PaneStatistics();
            context.timerService().registerEventTimeTimer(end - 1);
        }
        pane.merge(partial.value());
        panes.put(end, pane);
    }

    @Override
    public void onTimer(
            long timestamp, OnTimerContext context, Collector<Windowed<SublayerSummary>> out)
            throws Exception {
        long end = timestamp + 1;
        SortedMap<Long, PaneStatistics> closed = new TreeMap<>();
        for (var pane : panes.entries()) {
            if (pane.getKey() <= end) {
                closed.put(pane.getKey(), pane.getValue());
            }
        }
        Folded folded = Folded.of(plan.window(), end, closed, since.value());
        for (long pane : closed.keySet()) {
            if (!folded.rest().containsKey(pane)) {
                panes.remove(pane);
            }
        }
        for (var pane : folded.rest().entrySet()) {
            panes.put(pane.getKey(), pane.getValue());
        }
        if (folded.window() != null) {
            if (plan.window().type() == WindowType.RUNNING && since.value() == null) {
                since.update(folded.start());
            }
            out.collect(new Windowed<>(end, summary(folded.start(), folded.window())));
        }
    }

    private SublayerSummary summary(long start, PaneStatistics window) throws IOException {
        SublayerStatistics deciding = window.deciding(plan.minSamples());
        RestingMoments rest = deciding.rest();
        boolean decides = deciding.gradients().effectiveSamples() >= plan.minSamples();
        ErrorCurve curve = decides && plan.profile() == Profile.ESPALIER ? curve(rest) : null;
        return new SublayerSummary(
                start,
                deciding.loss(),
                window.labelled(),
                window.samples() - window.labelled(),
                window.offsets(),
                deciding.snapshot(),
                curve,
                rest);
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
