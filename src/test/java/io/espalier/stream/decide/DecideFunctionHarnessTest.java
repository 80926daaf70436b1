package io.espalier.stream.decide;

import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;

import io.espalier.artifact.ArtifactStore;
import io.espalier.artifact.LivePointer;
import io.espalier.config.PromotionMode;
import io.espalier.config.Thresholds;
import io.espalier.stream.GoldenSnapshot;
import io.espalier.stream.ModelReference;
import io.espalier.stream.SharedModel;
import io.espalier.stream.type.DecisionInput;
import io.espalier.stream.type.Publication;
import io.espalier.testing.TinyBert;
import io.espalier.wire.ControlAcknowledgement;
import io.espalier.wire.ControlAction;
import io.espalier.wire.DriftOutcome;
import io.espalier.wire.DriftReport;
import io.espalier.wire.PrunedModelAnnouncement;
import io.espalier.wire.TriggerReason;
import io.espalier.wire.UpdateKind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import static io.espalier.stream.decide.DecideHarness.BUDGETS;
import static io.espalier.stream.decide.DecideHarness.LAX;
import static io.espalier.stream.decide.DecideHarness.command;
import static org.assertj.core.api.Assertions.assertThat;

/** Decisions over several windows: what fires, what becomes live, what operators can do. */
@SuppressWarnings("try") // Flink's harness may be interrupted while it closes; so may we.
class DecideFunctionHarnessTest {

    /** Drift alone fires, after a cool-down of one window. */
    private static final Thresholds QUIET = new Thresholds(null, 2, 1, 0, 0.05, 1, 1, 0.6, 1);

    private static ModelReference model;
    private static SharedModel shared; // Held, so that no harness has to load it again.

    @TempDir private Path store;

    @BeforeAll
    static void loadModel(@TempDir Path directory) throws Exception {
        model = new ModelReference(TinyBert.write(directory).toString(), TinyBert.POSITIONS);
        shared = SharedModel.lease(model);
    }

    @AfterAll
    static void releaseModel() {
        shared.close();
    }

    private DecideHarness started(Thresholds thresholds, PromotionMode mode) throws Exception {
        DecideHarness harness = new DecideHarness(model, store, thresholds, mode);
        harness.open();
        return harness;
    }

    private static List<DriftOutcome> outcomes(DecideHarness harness) {
        return harness.reports(BUDGETS.get(0)).stream().map(DriftReport::getOutcome).toList();
    }

    private static List<TriggerReason> triggers(DecideHarness harness) {
        return harness.reports(BUDGETS.get(0)).stream().map(DriftReport::getTrigger).toList();
    }

    @Test
    void everyWindowIsDecidedOnSchedule() throws Exception {
        try (DecideHarness harness = started(LAX, PromotionMode.PROMOTE)) {
            harness.decide(0, "a", 40);
            harness.decide(1, "b", 40);
            harness.decide(2, "c", 19);
            assertThat(triggers(harness))
                    .containsExactly(
                            TriggerReason.FIRST, TriggerReason.SCHEDULE, TriggerReason.STARVED);
            assertThat(outcomes(harness))
                    .containsExactly(
                            DriftOutcome.PROMOTED, DriftOutcome.PROMOTED, DriftOutcome.STARVED);
            DriftReport second = harness.reports(BUDGETS.get(0)).get(1);
            assertThat(second.getVersion()).isEqualTo("macs0.70-000002");
            assertThat(second.getLiveVersion()).isEqualTo("macs0.70-000002");
            assertThat(second.getHeads().getDistance()).isBetween(0.0, 1.0);
            assertThat(second.getPredictedErrorAsItWas())
                    .isGreaterThanOrEqualTo(second.getPredictedErrorRetuned());
            DriftReport starved = harness.reports(BUDGETS.get(0)).get(2);
            assertThat(starved.getReason())
                    .isEqualTo("19 effective of 19 scored samples; a decision needs 20");
            assertThat(starved.getLiveVersion()).isEqualTo("macs0.70-000002");
            assertThat(pointers(harness))
                    .extracting(LivePointer::version)
                    .containsExactly(
                            "macs0.70-000001",
                            "macs0.40-000001",
                            "macs0.70-000002",
                            "macs0.40-000002");
        }
    }

    private static List<LivePointer> pointers(DecideHarness harness) {
        List<LivePointer> pointers = new ArrayList<>();
        for (Publication publication : harness.extractOutputValues()) {
            if (publication.live() != null) {
                pointers.add(publication.live());
            }
        }
        return pointers;
    }

    @Test
    void theSameTrafficAgainChangesNothing() throws Exception {
        Thresholds lenient = new Thresholds(LAX.period(), 2, 0, 100, 0.05, 1, 1, 0.6, 1);
        try (DecideHarness harness = started(lenient, PromotionMode.PROMOTE)) {
            harness.decide(0, "a", 40);
            harness.decide(1, "a", 40);
            DriftReport again = harness.reports(BUDGETS.get(0)).get(1);
            assertThat(again.getTrigger()).isEqualTo(TriggerReason.SCHEDULE);
            assertThat(again.getOutcome()).isEqualTo(DriftOutcome.KEPT);
            assertThat(again.getUpdate()).isEqualTo(UpdateKind.KEEP);
            assertThat(again.getHeads().getDistance())
                    .isLessThanOrEqualTo(again.getHeads().getNoiseFloor());
            assertThat(again.getHeads().getFisherCosinePrevious()).isEqualTo(1);
            assertThat(again.getHeads().getJaccardPrevious()).isZero();
            assertThat(again.getVersion()).isNull();
            send(harness, "force", ControlAction.FORCE, Map.of());
            harness.decide(2, "a", 40);
            assertThat(harness.reports(BUDGETS.get(0)).get(2).getOutcome())
                    .isEqualTo(DriftOutcome.PROMOTED);
        }
    }

    @Test
    void aWindowThatDoesNotFireStillReportsItsDrift() throws Exception {
        try (DecideHarness harness = started(QUIET, PromotionMode.PROMOTE)) {
            harness.decide(0, "a", 40);
            harness.decide(1, "b", 40);
            harness.decide(2, "c", 40);
            assertThat(triggers(harness))
                    .containsExactly(
                            TriggerReason.FIRST,
                            TriggerReason.COOLING_DOWN,
                            TriggerReason.NO_DRIFT);
            DriftReport quiet = harness.reports(BUDGETS.get(0)).get(2);
            assertThat(quiet.getOutcome()).isEqualTo(DriftOutcome.KEPT);
            assertThat(quiet.getUpdate()).isNull();
            assertThat(quiet.getHeads().getDistance()).isPositive();
            assertThat(quiet.getHeads().getNoiseFloor()).isPositive();
            assertThat(quiet.getLive().getSamples()).isEqualTo(8);
            assertThat(quiet.getReason()).startsWith("no-drift: level learning, distance of heads");
        }
    }

    @Test
    void aCandidateThatFailsIsPublishedAsRejectedAndNothingMoves() throws Exception {
        Thresholds strict = new Thresholds(LAX.period(), 2, 0, 0, 0.05, 1, 1, 0.6, 9);
        try (DecideHarness harness = started(strict, PromotionMode.PROMOTE)) {
            harness.decide(0, "a", 40);
            DriftReport report = harness.reports(BUDGETS.get(0)).get(0);
            assertThat(report.getOutcome()).isEqualTo(DriftOutcome.REJECTED);
            assertThat(report.getVersion()).isEqualTo("macs0.70-000001");
            assertThat(report.getLiveVersion()).isNull();
            assertThat(report.getReason()).endsWith("8 held-out samples; a promotion needs 9");
            assertThat(pointers(harness)).isEmpty();
            assertThat(harness.side(DecideFunction.MODELS))
                    .extracting(model -> model.getStatus().name())
                    .containsOnly("REJECTED");
            harness.decide(1, "b", 40);
            assertThat(triggers(harness)).last().isEqualTo(TriggerReason.FIRST);
        }
    }

    @Test
    void shadowModeMovesNothingThatReadersSee() throws Exception {
        try (DecideHarness harness = started(LAX, PromotionMode.SHADOW)) {
            send(harness, "early", ControlAction.PIN, Map.of("version", "macs0.70-000001"));
            harness.decide(0, "a", 40);
            harness.decide(1, "b", 40);
            assertThat(outcomes(harness))
                    .containsExactly(DriftOutcome.CANDIDATE, DriftOutcome.CANDIDATE);
            send(harness, "pin", ControlAction.PIN, Map.of("version", "macs0.70-000001"));
            send(harness, "no", ControlAction.PIN, Map.of("version", "macs0.70-000009"));
            send(harness, "none", ControlAction.PIN, Map.of());
            String shadow =
                    "; espalier.promotion.mode is shadow: what passed counts as live in decisions,"
                            + " nothing is for readers";
            assertThat(harness.side(DecideFunction.ACKNOWLEDGEMENTS))
                    .extracting(answer -> String.valueOf(answer.getReason()))
                    .containsExactly(
                            "version 'macs0.70-000001' is not and was not live; none was so far"
                                    + shadow,
                            "macs0.70-000001 is live and pinned" + shadow,
                            "version 'macs0.70-000009' is not and was not live; those that were:"
                                    + " [macs0.70-000001, macs0.70-000002, macs0.40-000002,"
                                    + " macs0.40-000001]"
                                    + shadow,
                            "PIN takes the argument version=..., given are []");
            assertThat(pointers(harness)).isEmpty();
        }
    }

    /** The second announcement of a version is the first but for its reason. */
    private static void assertAnnouncedAnew(
            List<PrunedModelAnnouncement> all, String version, String reason) {
        List<PrunedModelAnnouncement> of =
                all.stream()
                        .filter(announcement -> announcement.getVersion().equals(version))
                        .toList();
        assertThat(of).hasSize(2);
        assertThat(of.get(1).getStatusReason()).startsWith(reason + " is live");
        assertThat(of.get(1))
                .isEqualTo(
                        PrunedModelAnnouncement.newBuilder(of.get(0))
                                .setStatusReason(of.get(1).getStatusReason())
                                .build());
    }

    @Test
    void commandsAreAnsweredAndObeyed() throws Exception {
        try (DecideHarness harness = started(QUIET, PromotionMode.PROMOTE)) {
            harness.decide(0, "a", 40);
            harness.decide(1, "b", 40);
            send(harness, "force", ControlAction.FORCE, Map.of());
            harness.decide(2, "c", 40);
            send(harness, "back", ControlAction.ROLLBACK, Map.of("version", "macs0.70-000001"));
            send(harness, "back", ControlAction.ROLLBACK, Map.of("version", "macs0.70-000001"));
            send(harness, "no", ControlAction.ROLLBACK, Map.of("version", "macs0.70-000009"));
            send(harness, "pause", ControlAction.PAUSE, Map.of());
            send(harness, "late", ControlAction.FORCE, Map.of());
            harness.decide(3, "d", 40);
            send(harness, "on", ControlAction.RESUME, Map.of());
            send(harness, "pin", ControlAction.PIN, Map.of("version", "macs0.70-000002"));
            send(
                    harness,
                    "faster",
                    ControlAction.SET_THRESHOLDS,
                    Map.of(
                            "espalier.trigger.period", "1 s",
                            "espalier.trigger.cool-down", "0"));
            send(
                    harness,
                    "budget",
                    ControlAction.SET_BUDGETS,
                    Map.of("budgets", "macs=0.70,macs=0.2"));
            send(harness, "again", ControlAction.FORCE, Map.of());
            harness.decide(4, "e", 40);

            assertThat(triggers(harness))
                    .containsExactly(
                            TriggerReason.FIRST,
                            TriggerReason.COOLING_DOWN,
                            TriggerReason.FORCED,
                            TriggerReason.PAUSED,
                            TriggerReason.FORCED);
            List<ControlAcknowledgement> answers = harness.side(DecideFunction.ACKNOWLEDGEMENTS);
            assertThat(answers)
                    .extracting(a -> a.getCommandId() + " " + a.getAccepted())
                    .containsExactly(
                            "force true",
                            "back true",
                            "back false",
                            "no false",
                            "pause true",
                            "late false",
                            "on true",
                            "pin true",
                            "faster true",
                            "budget true",
                            "again true");
            assertThat(answers.get(3).getReason())
                    .startsWith("version 'macs0.70-000009' is not and was not live; those")
                    .contains("macs0.70-000001", "macs0.70-000002");
            assertThat(answers.get(5).getReason()).isEqualTo("decisions are paused; RESUME first");
            assertThat(pointers(harness))
                    .filteredOn(pointer -> pointer.budget().equals("macs=0.7"))
                    .extracting(pointer -> pointer.sequence() + " " + pointer.version())
                    .containsExactly(
                            "1 macs0.70-000001",
                            "2 macs0.70-000002",
                            "3 macs0.70-000001",
                            "4 macs0.70-000002");
            assertThat(harness.side(DecideFunction.MODELS))
                    .filteredOn(model -> model.getBudget().equals("macs=0.7"))
                    .extracting(model -> model.getVersion() + " " + model.getStatus())
                    .containsExactly(
                            "macs0.70-000001 PROMOTED",
                            "macs0.70-000002 PROMOTED",
                            "macs0.70-000001 PROMOTED",
                            "macs0.70-000002 PROMOTED",
                            "macs0.70-000003 REJECTED");
            List<PrunedModelAnnouncement> announced = harness.side(DecideFunction.MODELS);
            assertAnnouncedAnew(announced, "macs0.70-000001", "command 'back': macs0.70-000001");
            assertAnnouncedAnew(announced, "macs0.70-000002", "command 'pin': macs0.70-000002");
            DriftReport pinned = harness.reports(BUDGETS.get(0)).get(4);
            assertThat(pinned.getOutcome()).isEqualTo(DriftOutcome.REJECTED);
            assertThat(pinned.getReason()).endsWith("version macs0.70-000002 is pinned");
            assertThat(pinned.getControlVersion()).isEqualTo(8);
            assertThat(harness.reports(BUDGETS.get(1))).hasSize(4); // No longer asked for.
            assertThat(harness.side(DecideFunction.REPORTS))
                    .extracting(DriftReport::getBudget)
                    .contains("macs=0.2");
        }
    }

    private static void send(
            DecideHarness harness, String id, ControlAction action, Map<String, String> arguments)
            throws Exception {
        harness.processElement(command(id, action, arguments), 0);
    }

    @Test
    void continuesAfterARestoreAtEveryPoint() throws Exception {
        List<Step> steps = new ArrayList<>();
        for (int window = 0; window < 2; window++) {
            int number = window;
            for (int i = 0; i < 3; i++) {
                DecisionInput judge = DecideHarness.judge(number, i);
                steps.add(h -> h.processElement(judge, 0));
            }
            for (DecisionInput input : DecideHarness.window(number, "w" + number, 40)) {
                steps.add(h -> h.processElement(input, 0));
            }
            steps.add(h -> h.processWatermark(DecideHarness.WINDOW * (number + 1) - 1));
            DecisionInput back =
                    command(
                            "c" + number,
                            ControlAction.ROLLBACK,
                            Map.of("version", "macs0.70-000001"));
            steps.add(h -> h.processElement(back, 0));
        }
        List<String> expected = new ArrayList<>();
        run(null, steps, expected);
        assertThat(expected)
                .hasSize(2 * BUDGETS.size() * 4 + 6); // And two answers, two moves, announced.
        for (int split = 0; split <= steps.size(); split++) {
            List<String> out = new ArrayList<>();
            OperatorSubtaskState state = run(null, steps.subList(0, split), out);
            run(state, steps.subList(split, steps.size()), out);
            assertThat(out)
                    .as("restored after %d of %d events", split, steps.size())
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void goesOnFromTheStateOfAnEarlierBuild() throws Exception {
        List<Step> before =
                List.of(
                        h -> h.decide(0, "w0", 40),
                        h -> send(h, "pause", ControlAction.PAUSE, Map.of()),
                        h -> h.processElement(DecideHarness.judge(1, 0), 0),
                        h -> h.processElement(DecideHarness.window(1, "w1", 40).get(0), 0));
        List<Step> after =
                List.of(
                        h -> send(h, "pause", ControlAction.PAUSE, Map.of()), // A second time.
                        h -> send(h, "resume", ControlAction.RESUME, Map.of()),
                        h -> send(h, "force", ControlAction.FORCE, Map.of()),
                        h -> h.processElement(DecideHarness.judge(1, 1), 0),
                        h -> {
                            List<DecisionInput> window = DecideHarness.window(1, "w1", 40);
                            for (DecisionInput input : window.subList(1, window.size())) {
                                h.processElement(input, 0);
                            }
                        },
                        h -> h.processWatermark(2 * DecideHarness.WINDOW - 1),
                        h ->
                                send(
                                        h,
                                        "back",
                                        ControlAction.ROLLBACK,
                                        Map.of("version", "macs0.70-000001")));
        List<String> expected = new ArrayList<>();
        told("stopped", told("stopped", null, before, expected), after, expected);
        List<String> out = new ArrayList<>();
        told("again", null, before, out);
        GoldenSnapshot.copyStore(store.resolve("restored"));
        OperatorSubtaskState state =
                GoldenSnapshot.of(
                        "decide", () -> told("generated", null, before, new ArrayList<>()));
        told("restored", state, after, out);
        assertThat(out).containsExactlyElementsOf(expected);
        assertThat(expected)
                .contains("pause accepted false", "resume accepted true", "back accepted true")
                .contains("2000 macs=0.7 FORCED PROMOTED macs0.70-000002 of 2 judges");
    }

    /**
     * Runs the steps, publishes, and notes what was decided; sums in floating point are left out,
     * for the state may be another machine's.
     *
     * @param name of the store
     */
    private OperatorSubtaskState told(
            String name, @Nullable OperatorSubtaskState state, List<Step> steps, List<String> out)
            throws Exception {
        Path root = store.resolve(name);
        try (DecideHarness harness = new DecideHarness(model, root, LAX, PromotionMode.PROMOTE)) {
            if (state != null) {
                harness.initializeState(state);
            }
            harness.open();
            for (Step step : steps) {
                step.feed(harness);
            }
            for (Publication publication : harness.extractOutputValues()) {
                if (publication.staged() != null) {
                    ArtifactStore.open(root).commit(publication.staged());
                }
            }
            for (LivePointer pointer : pointers(harness)) {
                out.add(pointer.budget() + " " + pointer.sequence() + " " + pointer.version());
            }
            harness.side(DecideFunction.MASKS)
                    .forEach(
                            mask ->
                                    out.add(
                                            mask.getDecisionId()
                                                    + mask.getStatisticsDigest()
                                                    + mask.getSublayers()));
            for (DriftReport report : harness.side(DecideFunction.REPORTS)) {
                out.add(
                        "%d %s %s %s %s of %d judges"
                                .formatted(
                                        report.getWindowEnd(),
                                        report.getBudget(),
                                        report.getTrigger(),
                                        report.getOutcome(),
                                        report.getVersion(),
                                        report.getHeldOutSamples()));
            }
            harness.side(DecideFunction.ACKNOWLEDGEMENTS)
                    .forEach(a -> out.add(a.getCommandId() + " accepted " + a.getAccepted()));
            return Objects.requireNonNull(harness.snapshot(1, 1));
        }
    }

    /** One event of an input. */
    @FunctionalInterface
    private interface Step {
        void feed(DecideHarness harness) throws Exception;
    }

    private OperatorSubtaskState run(
            @Nullable OperatorSubtaskState state, List<Step> steps, List<String> out)
            throws Exception {
        try (DecideHarness harness = new DecideHarness(model, store, LAX, PromotionMode.PROMOTE)) {
            if (state != null) {
                harness.initializeState(state);
            }
            harness.open();
            for (Step step : steps) {
                step.feed(harness);
            }
            for (Publication publication : harness.extractOutputValues()) {
                String staged =
                        publication.staged() == null
                                ? "-"
                                : publication.staged().version()
                                        + publication.staged().manifestDigest();
                out.add(staged + " " + publication.live());
            }
            harness.side(DecideFunction.MASKS).forEach(record -> out.add(record.toString()));
            harness.side(DecideFunction.MODELS).forEach(record -> out.add(record.toString()));
            harness.side(DecideFunction.REPORTS).forEach(record -> out.add(record.toString()));
            harness.side(DecideFunction.ACKNOWLEDGEMENTS)
                    .forEach(record -> out.add(record.toString()));
            return Objects.requireNonNull(harness.snapshot(1, 1));
        }
    }
}
