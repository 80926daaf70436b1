package io.espalier.cli;

import io.espalier.wire.DriftReport;
import io.espalier.wire.TriggerReason;
import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** What is said of when a trigger fired. */
class TriggerReportTest {

    @Test
    void falseAlarmsAreThoseBeforeTheShift() {
        TriggerReport report = of(3, 2, 5);
        assertThat(report.falseAlarms()).isEqualTo(1);
        assertThat(report.noticedAfter()).isEqualTo(2);
        assertThat(print(report))
                .contains("4 (shifted)")
                .contains("stationary: drift fired in 1 of 3 windows")
                .contains("shift: drift fired at the end of window 2 after it");
    }

    @Test
    void aShiftThatIsNotNoticedIsSaidToBe() {
        TriggerReport report = of(3);
        assertThat(report.falseAlarms()).isZero();
        assertThat(report.noticedAfter()).isZero();
        assertThat(print(report)).contains("shift: drift did not fire");
    }

    /** Five windows, the given ones of which fired for drift. */
    private static TriggerReport of(int stationary, int... fired) {
        List<DriftReport> reports = new ArrayList<>();
        for (int number = 5; number >= 1; number--) {
            TriggerReason reason = TriggerReason.NO_DRIFT;
            for (int each : fired) {
                reason = each == number ? TriggerReason.DRIFT : reason;
            }
            reports.add(
                    DriftReport.newBuilder(PruneReportTest.drift(null))
                            .setWindowEnd(number * 60_000L)
                            .setTrigger(reason)
                            .build());
        }
        return TriggerReport.of(
                reports, stationary, Instant.ofEpochMilli(0), Duration.ofMinutes(1));
    }

    private static String print(TriggerReport report) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        report.print(out);
        out.flush();
        return text.toString();
    }
}
