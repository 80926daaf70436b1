package io.espalier.stream.decide;

import io.espalier.artifact.LivePointer;
import io.espalier.artifact.StagedModel;
import io.espalier.drift.HeldOutQuality;
import io.espalier.drift.PromotionPolicy;
import io.espalier.fisher.FisherSnapshot;
import io.espalier.mask.Sublayer;
import io.espalier.stream.decide.BudgetOutcome.Published;
import io.espalier.stream.decide.BudgetOutcome.Qualities;
import io.espalier.stream.type.LiveModel;
import io.espalier.tuning.RepairedProjection;
import io.espalier.wire.CandidateStatus;
import io.espalier.wire.DriftLevel;
import io.espalier.wire.DriftOfKind;
import io.espalier.wire.DriftOutcome;
import io.espalier.wire.DriftReport;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.PromotionTest;
import io.espalier.wire.PrunedModelAnnouncement;
import io.espalier.wire.Quality;
import io.espalier.wire.SublayerMask;
import io.espalier.wire.TriggerReason;
import io.espalier.wire.UpdateKind;
import io.espalier.wire.codec.MaskBits;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The records that go out for a window, as the schemas define them. */
final class Records {

    private Records() {}

    /** The mask update of a candidate. */
    static MaskUpdate maskUpdate(Published published, DriftOutcome outcome) {
        Candidate candidate = published.candidate();
        WindowStatistics window = candidate.window();
        List<SublayerMask> sublayers = new ArrayList<>();
        for (int s = 0; s < candidate.repaired().size(); s++) {
            Sublayer sublayer = candidate.mask().sublayers().get(s);
            RepairedProjection repaired = candidate.repaired().get(s);
            sublayers.add(
                    SublayerMask.newBuilder()
                            .setId(sublayer.id())
                            .setKind(MaskBits.unitKind(sublayer.kind()))
                            .setUnits(sublayer.units())
                            .setKept(MaskBits.pack(candidate.mask(), s))
                            .setRepair(repaired.outcome().label())
                            .setRefusals(repaired.refusals())
                            .build());
        }
        return MaskUpdate.newBuilder()
                .setDecisionId(candidate.decisionId())
                .setModel(candidate.identity().model())
                .setParentDigest(candidate.identity().parentDigest())
                .setBudget(candidate.budget().toString())
                .setStatus(outcome.name().toLowerCase(Locale.ROOT))
                .setVersion(candidate.version())
                .setSequence(candidate.sequence())
                .setProfile(candidate.identity().profile())
                .setWindowStart(window.start())
                .setWindowEnd(window.end())
                .setSamples(window.any().fisher().samples())
                .setCostTarget(candidate.budget().share())
                .setCostAchieved(candidate.achieved())
                .setStatisticsDigest(window.digest())
                .setSublayers(sublayers)
                .build();
    }

    /** The announcement of a staged candidate. */
    static PrunedModelAnnouncement announcement(Published published, DriftOutcome outcome) {
        Candidate candidate = published.candidate();
        StagedModel staged = published.staged();
        return PrunedModelAnnouncement.newBuilder()
                .setModel(staged.model())
                .setVersion(staged.version())
                .setBudget(candidate.budget().toString())
                .setDecisionId(candidate.decisionId())
                .setLocation(staged.model() + "/" + staged.version())
                .setManifestDigest(staged.manifestDigest())
                .setBytes(staged.bytes())
                .setParentDigest(candidate.identity().parentDigest())
                .setWindowEnd(candidate.window().end())
                .setStatus(CandidateStatus.valueOf(outcome.name()))
                .setStatusReason(published.verdict().reason())
                .build();
    }

    /**
     * The announcement of an earlier version that a command made live again, for those who follow
     * the topic and not {@code live.json}.
     */
    static PrunedModelAnnouncement announcement(
            CandidateIdentity identity, LivePointer pointer, LiveModel live, String reason) {
        String location = pointer.model() + "/" + pointer.version();
        return PrunedModelAnnouncement.newBuilder()
                .setModel(pointer.model())
                .setVersion(pointer.version())
                .setBudget(pointer.budget())
                .setDecisionId(location)
                .setLocation(location)
                .setManifestDigest(pointer.manifestDigest())
                .setBytes(live.staged().bytes())
                .setParentDigest(identity.parentDigest())
                .setWindowEnd(live.windowEnd())
                .setStatus(CandidateStatus.PROMOTED)
                .setStatusReason(reason)
                .build();
    }

    /** The drift report of a window and budget. */
    static DriftReport report(
            CandidateIdentity identity,
            WindowStatistics window,
            BudgetOutcome outcome,
            long controlVersion) {
        BudgetWindow seen = outcome.seen();
        Published published = outcome.published();
        Candidate candidate = published == null ? null : published.candidate();
        LiveModel live = outcome.memory().live();
        FisherSnapshot any = window.any().fisher();
        Qualities quality = outcome.quality();
        return DriftReport.newBuilder()
                .setModel(identity.model())
                .setParentDigest(identity.parentDigest())
                .setBudget(seen.budget().toString())
                .setDecisionId(
                        candidate == null
                                ? identity.model()
                                        + "/"
                                        + seen.budget().slug()
                                        + "-window-"
                                        + window.end()
                                : candidate.decisionId())
                .setOutcome(outcome.outcome())
                .setTrigger(TriggerReason.valueOf(seen.trigger().name()))
                .setLevel(DriftLevel.valueOf(seen.drift().level().name()))
                .setReason(outcome.reason())
                .setControlVersion(controlVersion)
                .setLiveVersion(live == null ? null : live.version())
                .setVersion(candidate == null ? null : candidate.version())
                .setWindowStart(window.start())
                .setWindowEnd(window.end())
                .setSamples(any.samples())
                .setEffectiveSamples(any.effectiveSamples())
                .setLabelledSamples(window.any().labelled())
                .setUnlabelledSamples(window.any().unlabelled())
                .setLateSamples(any.late())
                .setLoss(window.any().loss().label())
                .setHeldOutSamples(quality.dense() == null ? 0 : quality.dense().samples())
                .setMeanLength(any.meanLength())
                .setHeads(drift(seen.heads()))
                .setNeurons(drift(seen.neurons()))
                .setCostTarget(seen.budget().share())
                .setCostAchieved(candidate == null ? null : candidate.achieved())
                .setDense(quality(quality.dense()))
                .setFirst(quality(quality.first()))
                .setLive(quality(quality.live()))
                .setPruned(quality(quality.candidate()))
                .setPromotion(published == null ? null : test(published.verdict()))
                .setUpdate(
                        outcome.update() == null
                                ? null
                                : UpdateKind.valueOf(outcome.update().name()))
                .setPredictedError(known(outcome.errors().best()))
                .setPredictedErrorRetuned(known(outcome.errors().retuned()))
                .setPredictedErrorAsItWas(known(outcome.errors().asItIs()))
                .setSublayersUnrepaired(candidate == null ? 0 : candidate.unrepaired())
                .build();
    }

    private static PromotionTest test(PromotionPolicy.Verdict verdict) {
        return PromotionTest.newBuilder()
                .setMeasure(verdict.measure().label())
                .setSamples(verdict.samples())
                .setDifference(known(verdict.difference()))
                .setBound(known(verdict.bound()))
                .setLimit(verdict.limit())
                .build();
    }

    private static DriftOfKind drift(KindDrift drift) {
        return DriftOfKind.newBuilder()
                .setUnits(drift.units())
                .setKept(drift.kept())
                .setFisherTrace(drift.trace())
                .setDistance(known(drift.distance()))
                .setNoiseFloor(known(drift.floor()))
                .setJaccardPrevious(known(drift.jaccardLive()))
                .setJaccardFirst(known(drift.jaccardFirst()))
                .setFisherCosinePrevious(known(drift.cosineLive()))
                .setFisherCosineFirst(known(drift.cosineFirst()))
                .build();
    }

    private static @Nullable Quality quality(@Nullable HeldOutQuality quality) {
        return quality == null
                ? null
                : Quality.newBuilder()
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
