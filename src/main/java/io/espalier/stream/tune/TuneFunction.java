package io.espalier.stream.tune;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

import io.espalier.config.EspalierConfig;
import io.espalier.config.TuningMode;
import io.espalier.fisher.ProjectionMoments;
import io.espalier.fisher.RestingMoments;
import io.espalier.linalg.PackedSymmetricMatrix;
import io.espalier.linalg.PositiveDefiniteSolver;
import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;
import io.espalier.model.DenseProjections;
import io.espalier.stream.type.StreamTypes;
import io.espalier.stream.type.SublayerProposal;
import io.espalier.stream.type.TunedSublayer;
import io.espalier.stream.type.TunedSublayer.Tuned;
import io.espalier.stream.type.Windowed;
import io.espalier.tuning.PredictedError;
import io.espalier.tuning.ProjectionRepair;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Joins a sublayer's moments with what was decided for it, and repairs its projection for every
 * budget.
 *
 * <p>Keyed by sublayer. State: moments and proposals that wait for each other, one of each a
 * window, and for each budget what was tuned last.
 */
public final class TuneFunction
        extends KeyedCoProcessFunction<
                Integer, Windowed<RestingMoments>, SublayerProposal, TunedSublayer> {

    private static final long serialVersionUID = 1L;

    private final String modelDirectory;
    private final List<Sublayer> sublayers;
    private final EspalierConfig.Tuning tuning;

    private transient MapState<Long, RestingMoments> moments;
    private transient MapState<Long, SublayerProposal> proposals;
    private transient MapState<String, Tuned> previous;
    private transient ProjectionRepair repair;

    /**
     * Repairs the projections of a dense model.
     *
     * @param sublayers of the model
     * @param tuning how
     */
    @SuppressWarnings("NullAway.Init") // open() is called before anything else.
    public TuneFunction(
            String modelDirectory, List<Sublayer> sublayers, EspalierConfig.Tuning tuning) {
        this.modelDirectory = modelDirectory;
        this.sublayers = new ArrayList<>(sublayers);
        this.tuning = tuning;
    }

    @Override
    public void open(OpenContext context) {
        moments =
                getRuntimeContext()
                        .getMapState(
                                new MapStateDescriptor<>(
                                        "moments", Types.LONG, StreamTypes.MOMENTS));
        proposals =
                getRuntimeContext()
                        .getMapState(
                                new MapStateDescriptor<>(
                                        "proposals", Types.LONG, StreamTypes.PROPOSAL));
        previous =
                getRuntimeContext()
                        .getMapState(
                                new MapStateDescriptor<>(
                                        "previous", Types.STRING, StreamTypes.PREVIOUS));
        ProjectionRepair full = new ProjectionRepair(PositiveDefiniteSolver.best(), tuning.ridge());
        repair = tuning.mode() == TuningMode.MASK_VALUES ? full.ofMaskValues() : full;
    }

    @Override
    public void processElement1(
            Windowed<RestingMoments> windowed, Context context, Collector<TunedSublayer> out)
            throws Exception {
        SublayerProposal proposal = proposals.get(windowed.windowEnd());
        if (proposal == null) {
            moments.put(windowed.windowEnd(), windowed.value());
        } else {
            proposals.remove(windowed.windowEnd());
            out.collect(tune(windowed.value(), proposal));
        }
    }

    @Override
    public void processElement2(
            SublayerProposal proposal, Context context, Collector<TunedSublayer> out)
            throws Exception {
        long end = proposal.decision().windowEnd();
        RestingMoments waiting = moments.get(end);
        if (waiting == null) {
            proposals.put(end, proposal);
        } else {
            moments.remove(end);
            out.collect(tune(waiting, proposal));
        }
    }

    private TunedSublayer tune(RestingMoments rest, SublayerProposal proposal) throws Exception {
        List<Tuned> tuned = new ArrayList<>();
        if (!proposal.masks().isEmpty()) {
            Sublayer sublayer = sublayers.get(proposal.sublayer());
            Projection dense = DenseProjections.read(Path.of(modelDirectory), sublayer);
            ProjectionMoments window = rest.moments();
            PackedSymmetricMatrix metric = rest.meanMetric();
            for (int b = 0; b < proposal.masks().size(); b++) {
                float[] mask = proposal.masks().get(b);
                String budget = proposal.decision().budgets().get(b).budget().toString();
                Tuned before = previous.get(budget);
                double asItWas =
                        before == null
                                ? Double.NaN
                                : PredictedError.of(
                                        sublayer,
                                        window,
                                        metric,
                                        dense,
                                        before.mask(),
                                        before.repaired().projection());
                Tuned now = new Tuned(mask, repair.repair(sublayer, window, dense, mask), asItWas);
                previous.put(budget, now);
                tuned.add(now);
            }
        }
        return new TunedSublayer(proposal.decision(), proposal.sublayer(), tuned);
    }
}
