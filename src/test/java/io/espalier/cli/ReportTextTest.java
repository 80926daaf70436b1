package io.espalier.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.wire.DriftOutcome;
import io.espalier.wire.DriftReport;
import io.espalier.wire.TriggerReason;
import io.espalier.wire.UpdateKind;
import io.espalier.wire.codec.RecordCodec;
import io.espalier.wire.codec.WireException;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The lines for people and the objects for machines, and why something is not live. */
class ReportTextTest {

    @Test
    void aLineHasWindowBudgetTriggerOutcomeVersionsAndQuality() throws WireException {
        assertThat(lines(Reported.candidate(DriftOutcome.PROMOTED, 0.011)))
                .containsExactly(
                        "2026-11-01T12:01:00Z..2026-11-01T12:02:00Z  macs=0.5  1600 samples  DRIFT"
                                + " -> PROMOTED  re-masked macs0.50-000002  live macs0.50-000001"
                                + "  accuracy dense 0.9100, live 0.9000, candidate 0.9050 (200 held"
                                + " out)",
                        "    published and live: it passed",
                        "    reason: drift: level drift; why not");
    }

    @Test
    void withoutLabelsQualityIsAgreementAndWhatIsNotThereIsADash() throws WireException {
        DriftReport.Builder first =
                Reported.candidate(DriftOutcome.CANDIDATE, 0.011)
                        .setTrigger(TriggerReason.FIRST)
                        .setUpdate(UpdateKind.RE_TUNE)
                        .setLiveVersion("macs0.50-000002")
                        .setLive(null)
                        .setDense(Reported.quality(null, 1))
                        .setPruned(Reported.quality(null, 0.98));
        assertThat(lines(first).get(0))
                .contains(
                        "FIRST -> CANDIDATE  re-tuned macs0.50-000002  live macs0.50-000002 (in shadow)")
                .endsWith("  agreement dense 1.0000, live -, candidate 0.9800 (210 held out)");
        assertThat(lines(Reported.window(0, "macs=0.3")).get(0))
                .endsWith("NO_DRIFT -> KEPT  - -  live macs0.50-000001");
    }

    @Test
    void saysWhyACandidateIsNotLiveAndWhatWouldMakeItSo() throws WireException {
        assertThat(lines(Reported.candidate(DriftOutcome.CANDIDATE, 0.011)).get(1))
                .contains("published, not live: it passed", "shadow mode", "mode: promote");
        assertThat(lines(Reported.candidate(DriftOutcome.REJECTED, 0.031)).get(1))
                .contains("not live: it failed", "more samples");
        assertThat(lines(Reported.candidate(DriftOutcome.REJECTED, null)).get(1))
                .contains("too few held-out samples to judge it");
        assertThat(lines(Reported.candidate(DriftOutcome.REJECTED, 0.011)).get(1))
                .contains("it passed", "something else forbids it");
    }

    @Test
    void eachReasonNotToDecideHasItsSentence() throws WireException {
        for (TriggerReason trigger : TriggerReason.values()) {
            assertThat(lines(Reported.window(0, "macs=0.5").setTrigger(trigger)).get(1))
                    .matches(" {4}nothing published: .{20,}");
        }
        assertThat(
                        Stream.of(
                                        TriggerReason.STARVED,
                                        TriggerReason.PAUSED,
                                        TriggerReason.COOLING_DOWN,
                                        TriggerReason.NO_DRIFT)
                                .map(each -> Reported.window(0, "macs=0.5").setTrigger(each))
                                .map(each -> unchecked(each).get(1))
                                .distinct())
                .hasSize(4);
    }

    @Test
    void answersAreALineWithWhatWasAskedAndWhatCameOfIt() throws WireException {
        assertThat(ReportText.lines(Reported.entry(Reported.answer("c1", true, "2 budgets"))))
                .containsExactly(
                        "2026-11-01T13:00:00Z  command set-budgets obeyed: 2 budgets (id c1, 3"
                                + " obeyed so far)");
        assertThat(ReportText.lines(Reported.entry(Reported.answer("c1", false, "no"))).get(0))
                .contains("command set-budgets refused: no");
    }

    @Test
    void whatSteersATerminalIsNotPrinted() throws WireException {
        assertThat(lines(Reported.window(0, "macs=0.5").setReason("a\u001b[2Jb")).get(2))
                .isEqualTo("    reason: a?[2Jb");
        assertThat(lines(Reported.window(0, "macs=0.5").setReason("a [2Jb")).get(2))
                .isEqualTo("    reason: a [2Jb");
    }

    @Test
    void jsonIsOneLineWithAllFieldsOfTheSchema() throws Exception {
        DriftReport report =
                Reported.candidate(DriftOutcome.REJECTED, 0.031)
                        .setReason("a \"b\"\n\u017E")
                        .build();
        String json = Reported.entry(report).json();
        assertThat(json).doesNotContain("\n");
        JsonNode node = new ObjectMapper().readTree(json);
        assertThat(node.get("type").asText()).isEqualTo("report");
        assertThat(node.get("offset").asLong()).isEqualTo(7);
        assertThat(node.get("outcome").asText()).isEqualTo("REJECTED");
        assertThat(node.get("reason").asText()).isEqualTo("a \"b\"\n\u017E");
        assertThat(node.get("window_end").asLong()).isEqualTo(report.getWindowEnd());
        assertThat(node.get("promotion").get("bound").asDouble()).isEqualTo(0.031);
        assertThat(node.get("first").isNull()).isTrue();
        report.getSchema().getFields().forEach(each -> assertThat(node.has(each.name())).isTrue());
        JsonNode answer =
                new ObjectMapper().readTree(Reported.entry(Reported.answer("c1", true, "")).json());
        assertThat(answer.get("type").asText()).isEqualTo("answer");
        assertThat(answer.get("accepted").asBoolean()).isTrue();
    }

    @Test
    void foreignRecordsAreLeftOutAndTornOnesRefused() throws WireException {
        byte[] good = RecordCodec.DRIFT_REPORT.encode(Reported.window(0, "macs=0.5").build());
        assertThat(DriftEntry.of(Reported.record(good))).isPresent();
        assertThat(DriftEntry.of(Reported.record(null))).isEmpty();
        assertThat(DriftEntry.of(Reported.record(new byte[] {1, 2, 3}))).isEmpty();
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(
                        () -> DriftEntry.of(Reported.record(Arrays.copyOf(good, good.length - 1))));
    }

    private static List<String> lines(DriftReport.Builder report) throws WireException {
        return ReportText.lines(Reported.entry(report.build()));
    }

    private static List<String> unchecked(DriftReport.Builder report) {
        try {
            return lines(report);
        } catch (WireException e) {
            throw new AssertionError(e);
        }
    }
}
