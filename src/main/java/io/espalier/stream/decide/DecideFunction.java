package io.espalier.stream.decide;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

import io.espalier.fisher.RestingMoments;
import io.espalier.mask.Projection;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.model.DenseProjections;
import io.espalier.search.StructureError;
import io.espalier.stream.type.DecisionMemory;
import io.espalier.stream.type.StreamTypes;
import io.espalier.stream.type.SublayerProposal;
import io.espalier.stream.type.SublayerSummary;
import io.espalier.stream.type.Windowed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Collects one window's summaries of all sublayers and decides when they are complete.
 *
 * <p>Keyed by model. State: the summaries of incomplete windows and what was decided before.
 */
public final class DecideFunction
        extends KeyedProcessFunction<String, Windowed<SublayerSummary>, SublayerProposal> {

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(DecideFunction.class);

    private final String modelDirectory;
    private final DecisionPlan plan;

    private transient MapState<Long, List<SublayerSummary>> waiting;
    private transient ValueState<DecisionMemory> memory;

    /**
     * Decides on a dense model.
     *
     * @param plan according to which
     */
    @SuppressWarnings("NullAway.Init") // open() is called before anything else.
    public DecideFunction(String modelDirectory, DecisionPlan plan) {
        this.modelDirectory = modelDirectory;
        this.plan = plan;
    }

    @Override
    public void open(OpenContext context) {
        waiting =
                getRuntimeContext()
                        .getMapState(
                                new MapStateDescriptor<>(
                                        "waiting", Types.LONG, Types.LIST(StreamTypes.SUMMARY)));
        memory =
                getRuntimeContext()
                        .getState(new ValueStateDescriptor<>("memory", StreamTypes.MEMORY));
    }

    @Override
    public void processElement(
            Windowed<SublayerSummary> summary, Context context, Collector<SublayerProposal> out)
            throws Exception {
        long end = summary.windowEnd();
        List<SublayerSummary> summaries = new ArrayList<>();
        if (waiting.contains(end)) {
            summaries.addAll(waiting.get(end));
        }
        summaries.add(summary.value());
        if (summaries.size() < plan.sublayers().size()) {
            waiting.put(end, summaries);
            return;
        }
        waiting.remove(end);
        summaries.sort(Comparator.comparingInt(each -> each.fisher().sublayer()));
        MaskDecision decided = MaskDecision.of(plan, end, summaries, memory.value(), this::errors);
        if (decided.memory() != null) {
            memory.update(decided.memory());
        }
        LOG.info("decided window {}: {}", end, decided.decision().budgets());
        for (int s = 0; s < plan.sublayers().size(); s++) {
            List<float[]> masks = new ArrayList<>();
            for (PruningMask mask : decided.masks()) {
                masks.add(mask.values(s));
            }
            out.collect(new SublayerProposal(decided.decision(), s, masks));
        }
    }

    private double errors(List<SublayerSummary> summaries, PruningMask structure) {
        double sum = 0;
        for (int s = 0; s < summaries.size(); s++) {
            Sublayer sublayer = plan.sublayers().get(s);
            RestingMoments rest = Objects.requireNonNull(summaries.get(s).moments(), "moments");
            sum +=
                    StructureError.of(
                            sublayer,
                            rest.moments(),
                            rest.meanMetric(),
                            projection(sublayer),
                            structure.values(s));
        }
        return sum;
    }

    private Projection projection(Sublayer sublayer) {
        try {
            return DenseProjections.read(Path.of(modelDirectory), sublayer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
