package io.espalier.stream.assemble;

import io.espalier.artifact.StagedModel;
import io.espalier.cost.Budget;
import io.espalier.drift.HeldOutQuality;
import io.espalier.drift.UpdateKind;
import io.espalier.mask.Sublayer;
import io.espalier.stream.type.Decision;
import io.espalier.stream.type.Decision.KindDrift;
import io.espalier.stream.type.TunedSublayer.Tuned;
import io.espalier.wire.DriftOfKind;
import io.espalier.wire.DriftOutcome;
import io.espalier.wire.DriftReport;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.PrunedModelAnnouncement;
import io.espalier.wire.Quality;
import io.espalier.wire.SublayerMask;
import io.espalier.wire.codec.MaskBits;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** The records that go out for a candidate, as the schemas define them. */
final class Records {

    private Records() {}

    /** The mask update of a candidate. */
    static MaskUpdate maskUpdate(Candidate candidate) {
        List<SublayerMask> sublayers = new ArrayList<>();
        for (int s = 0; s < candidate.tuned().size(); s++) {
            Sublayer sublayer = candidate.mask().sublayers().get(s);
            Tuned tuned = candidate.tuned().get(s);
            sublayers.add(
                    SublayerMask.newBuilder()
                            .setId(sublayer.id())
                            .setKind(MaskBits.unitKind(sublayer.kind()))
                            .setUnits(sublayer.units())
                            .setKept(MaskBits.pack(candidate.mask(), s))
                            .setRepair(tuned.repaired().outcome().label())
                            .setRefusals(tuned.repaired().refusals())
                            .build());
        }
        Decision decision = candidate.decision();
        return MaskUpdate.newBuilder()
                .setDecisionId(candidate.decisionId())
                .setModel(candidate.identity().model())
                .setParentDigest(candidate.identity().parentDigest())
                .setBudget(candidate.budget().budget().toString())
                .setVersion(candidate.budget().version())
                .setSequence(candidate.budget().sequence())
                .setProfile(candidate.identity().profile())
                .setWindowStart(decision.windowStart())
                .setWindowEnd(decision.windowEnd())
                .setSamples(decision.samples())
                .setCostTarget(candidate.budget().budget().share())
                .setCostAchieved(candidate.budget().achieved())
                .setStatisticsDigest(decision.statisticsDigest())
                .setSublayers(sublayers)
                .build();
    }

    /** The announcement of a staged candidate. */
    static PrunedModelAnnouncement announcement(Candidate candidate, StagedModel staged) {
        return PrunedModelAnnouncement.newBuilder()
                .setModel(staged.model())
                .setVersion(staged.version())
                .setBudget(candidate.budget().budget().toString())
                .setDecisionId(candidate.decisionId())
                .setLocation(staged.model() + "/" + staged.version())
                .setManifestDigest(staged.manifestDigest())
                .setBytes(staged.bytes())
                .setParentDigest(candidate.identity().parentDigest())
                .setWindowEnd(candidate.decision().windowEnd())
                .build();
    }

    /** The drift report of a candidate, with its quality beside the dense and the first model. */
    static DriftReport report(Candidate candidate, @Nullable Comparison comparison) {
        Decision decision = candidate.decision();
        Decision.Update update = candidate.budget().update();
        return DriftReport.newBuilder()
                .setModel(candidate.identity().model())
                .setParentDigest(candidate.identity().parentDigest())
                .setBudget(candidate.budget().budget().toString())
                .setDecisionId(candidate.decisionId())
                .setOutcome(DriftOutcome.PUBLISHED)
                .setReason(null)
                .setVersion(candidate.budget().version())
                .setWindowStart(decision.windowStart())
                .setWindowEnd(decision.windowEnd())
                .setSamples(decision.samples())
                .setHeldOutSamples(comparison == null ? 0 : comparison.dense().samples())
                .setMeanLength(decision.meanLength())
                .setHeads(drift(candidate.budget().heads()))
                .setNeurons(drift(candidate.budget().neurons()))
                .setCostTarget(candidate.budget().budget().share())
                .setCostAchieved(candidate.budget().achieved())
                .setDense(comparison == null ? null : quality(comparison.dense()))
                .setFirst(comparison == null ? null : quality(comparison.first()))
                .setPruned(comparison == null ? null : quality(comparison.pruned()))
                .setUpdate(
                        update.kind() == UpdateKind.RE_MASK
                                ? io.espalier.wire.UpdateKind.RE_MASK
                                : io.espalier.wire.UpdateKind.RE_TUNE)
                .setPredictedError(known(update.best()))
                .setPredictedErrorRetuned(known(update.retuned()))
                .setPredictedErrorAsItWas(known(candidate.errorAsItWas()))
                .setSublayersUnrepaired(candidate.unrepaired())
                .build();
    }

    /** The drift report of a window with too few samples to decide for a budget. */
    static DriftReport starved(
            CandidateIdentity identity, Budget budget, Decision decision, int minSamples) {
        DriftOfKind unknown =
                drift(new KindDrift(0, 0, Double.NaN, Double.NaN, Double.NaN, Double.NaN));
        return DriftReport.newBuilder()
                .setModel(identity.model())
                .setParentDigest(identity.parentDigest())
                .setBudget(budget.toString())
                .setDecisionId(
                        identity.model() + "/" + budget.slug() + "-starved-" + decision.windowEnd())
                .setOutcome(DriftOutcome.STARVED)
                .setReason(decision.samples() + " scored samples; a decision needs " + minSamples)
                .setVersion(null)
                .setWindowStart(decision.windowStart())
                .setWindowEnd(decision.windowEnd())
                .setSamples(decision.samples())
                .setHeldOutSamples(0)
                .setMeanLength(decision.meanLength())
                .setHeads(unknown)
                .setNeurons(unknown)
                .setCostTarget(budget.share())
                .setCostAchieved(null)
                .setDense(null)
                .setFirst(null)
                .setPruned(null)
                .setUpdate(null)
                .setPredictedError(null)
                .setPredictedErrorRetuned(null)
                .setPredictedErrorAsItWas(null)
                .setSublayersUnrepaired(0)
                .build();
    }

    private static DriftOfKind drift(KindDrift drift) {
        return DriftOfKind.newBuilder()
                .setUnits(drift.units())
                .setKept(drift.kept())
                .setJaccardPrevious(known(drift.jaccardPrevious()))
                .setJaccardFirst(known(drift.jaccardFirst()))
                .setFisherCosinePrevious(known(drift.cosinePrevious()))
                .setFisherCosineFirst(known(drift.cosineFirst()))
                .build();
    }

    private static Quality quality(HeldOutQuality quality) {
        return Quality.newBuilder()
                .setSamples(quality.samples())
                .setLabelled(quality.labelled())
                .setAccuracy(known(quality.accuracy()))
                .setLoss(known(quality.loss()))
                .setAgreement(quality.agreement())
                .setDivergence(quality.divergence())
                .build();
    }

    private static @Nullable Double known(double value) {
        return Double.isNaN(value) ? null : value;
    }
}
