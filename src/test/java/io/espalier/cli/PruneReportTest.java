package io.espalier.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.wire.DriftLevel;
import io.espalier.wire.DriftOfKind;
import io.espalier.wire.DriftOutcome;
import io.espalier.wire.DriftReport;
import io.espalier.wire.Quality;
import io.espalier.wire.TriggerReason;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** Figures of models whose held-out samples have labels, have none, or do not exist. */
class PruneReportTest {

    @Test
    void labelledSamplesGiveEveryFigure() {
        PruneReport report = report(quality(0.75, 0.5));
        assertThat(cells(report)).containsSubsequence("75.00 %", "75.00 %", "87.50 %", "0.1250");
        assertThat(model(report).path("pruned").toString())
                .isEqualTo(
                        "{\"accuracy\":0.75,\"loss\":0.5,\"agreement\":0.875,\"divergence\":0.125}");
    }

    @Test
    void withoutLabelsThereIsNeitherAccuracyNorLoss() {
        PruneReport report = report(quality(null, null));
        assertThat(cells(report)).containsSubsequence("-", "-", "87.50 %", "0.1250");
        assertThat(model(report).path("pruned").toString())
                .isEqualTo("{\"agreement\":0.875,\"divergence\":0.125}");
    }

    @Test
    void withoutHeldOutSamplesThereIsNoFigure() {
        PruneReport report = report(null);
        assertThat(cells(report)).containsSubsequence("-", "-", "-", "-");
        assertThat(model(report).has("costShare")).isTrue();
        assertThat(model(report).has("dense")).isFalse();
        assertThat(model(report).has("pruned")).isFalse();
    }

    private static List<String> cells(PruneReport report) {
        StringWriter out = new StringWriter();
        report.table().print(new PrintWriter(out, true));
        return List.of(out.toString().lines().skip(2).findFirst().orElseThrow().split(" {2,}"));
    }

    private static JsonNode model(PruneReport report) {
        JsonNode all = new ObjectMapper().valueToTree(report.json(Path.of("m"), Path.of("d")));
        return all.path("models").get(0);
    }

    private static PruneReport report(@Nullable Quality quality) {
        PruneReport.Row row =
                PruneReport.Row.of(
                        drift(quality), "macs0.50-000001", Path.of("store"), "projection");
        return new PruneReport(8, "espalier", "label-free", List.of(row), List.of(), List.of());
    }

    /** A quality as a job would send it. */
    static Quality quality(@Nullable Double accuracy, @Nullable Double loss) {
        return Quality.newBuilder()
                .setSamples(8)
                .setLabelled(accuracy == null ? 0 : 8)
                .setAccuracy(accuracy)
                .setLoss(loss)
                .setAgreement(0.875)
                .setDivergence(0.125)
                .build();
    }

    /** A report whose three models have the same quality. */
    static DriftReport drift(@Nullable Quality quality) {
        DriftOfKind units =
                DriftOfKind.newBuilder().setUnits(12).setKept(6).setFisherTrace(1).build();
        return DriftReport.newBuilder()
                .setModel("tiny")
                .setParentDigest("0f".repeat(32))
                .setBudget("macs=0.5")
                .setDecisionId("tiny/macs0.50-000001")
                .setOutcome(DriftOutcome.CANDIDATE)
                .setTrigger(TriggerReason.FIRST)
                .setLevel(DriftLevel.LEARNING)
                .setReason("first")
                .setControlVersion(0)
                .setEffectiveSamples(56)
                .setLabelledSamples(0)
                .setUnlabelledSamples(56)
                .setLateSamples(0)
                .setLoss("true-fisher")
                .setVersion("macs0.50-000001")
                .setWindowStart(0)
                .setWindowEnd(60_000)
                .setSamples(56)
                .setHeldOutSamples(quality == null ? 0 : 8)
                .setMeanLength(9)
                .setHeads(units)
                .setNeurons(units)
                .setCostTarget(0.5)
                .setCostAchieved(0.49)
                .setDense(quality)
                .setFirst(quality)
                .setPruned(quality)
                .setSublayersUnrepaired(0)
                .build();
    }
}
