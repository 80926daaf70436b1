package io.espalier.stream.fold;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

import io.espalier.fisher.FisherSnapshot;
import io.espalier.fisher.RestingMoments;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.stream.type.StreamTypes;
import io.espalier.stream.type.Windowed;

/**
 * Merges partial statistics of one sublayer until their window ends, then emits what decisions need
 * and, to {@link #MOMENTS}, what tuning needs.
 *
 * <p>Keyed by sublayer. State: one statistics object for each open window.
 */
public final class FoldFunction
        extends KeyedProcessFunction<
                Integer, Windowed<SublayerStatistics>, Windowed<FisherSnapshot>> {

    private static final long serialVersionUID = 1L;

    /** Moments of ended windows. */
    public static final OutputTag<Windowed<RestingMoments>> MOMENTS =
            new OutputTag<>("moments", StreamTypes.WINDOWED_MOMENTS);

    private transient MapState<Long, SublayerStatistics> running;

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
            Collector<Windowed<FisherSnapshot>> out)
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
            long timestamp, OnTimerContext context, Collector<Windowed<FisherSnapshot>> out)
            throws Exception {
        long end = timestamp + 1;
        SublayerStatistics statistics = running.get(end);
        running.remove(end);
        out.collect(new Windowed<>(end, statistics.snapshot()));
        context.output(
                MOMENTS,
                new Windowed<>(
                        end, new RestingMoments(statistics.sublayer(), statistics.moments())));
    }
}
