package io.espalier.demo;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The drift's truth. */
class DriftPlanTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<Gloss> NOUNS = glosses("n", "noun.animal");
    private static final List<Gloss> VERBS = glosses("v", "verb.motion");

    @Test
    void driftsFromNounsToVerbsInEqualSteps() {
        DriftPlan plan = new DriftPlan(5, 400, MINUTE, START, 1);

        double[] shares = new double[5];
        plan.samples(NOUNS, VERBS)
                .filter(timed -> timed.sample().getLabel().equals("verb.motion"))
                .forEach(timed -> shares[window(timed)] += 1.0 / 400);

        assertThat(shares[0]).isZero();
        assertThat(shares[4]).isCloseTo(1, within());
        for (int window = 0; window < 5; window++) {
            assertThat(plan.verbShare(window)).isEqualTo(window / 4.0);
            assertThat(shares[window]).isCloseTo(plan.verbShare(window), within());
        }
    }

    @Test
    void spreadsEventTimesEvenlyAndInOrderInsideEachWindow() {
        DriftPlan plan = new DriftPlan(2, 3, MINUTE, START, 1);

        assertThat(plan.samples(NOUNS, VERBS).map(t -> t.eventTime() - START.toEpochMilli()))
                .containsExactly(0L, 20_000L, 40_000L, 60_000L, 80_000L, 100_000L);
        assertThat(plan.end()).isEqualTo(START.plus(MINUTE).plus(MINUTE));
        assertThat(plan.samples()).isEqualTo(6);
    }

    @Test
    void givesEverySampleAnIdOfItsOwnEvenWhenTheGlossesRunOut() {
        DriftPlan plan = new DriftPlan(3, 900, MINUTE, START, 1);

        assertThat(plan.samples(NOUNS, VERBS).map(timed -> timed.sample().getId()))
                .doesNotHaveDuplicates()
                .contains("n0", "n0#1")
                .hasSize(2700);
    }

    @Test
    void repeatsItselfUnderTheSameSeedOnly() {
        DriftPlan plan = new DriftPlan(3, 50, MINUTE, START, 1);

        assertThat(plan.samples(NOUNS, VERBS).toList())
                .isEqualTo(plan.samples(NOUNS, VERBS).toList())
                .isNotEqualTo(
                        new DriftPlan(3, 50, MINUTE, START, 2).samples(NOUNS, VERBS).toList());
    }

    @Test
    void refusesPlansThatCannotBeKept() {
        assertThatThrownBy(() -> new DriftPlan(0, 3, MINUTE, START, 1))
                .hasMessage("a feed has at least 1 window of 1 sample, not 0 of 3");
        assertThatThrownBy(() -> new DriftPlan(1, 60_001, MINUTE, START, 1))
                .hasMessageContaining("60001");
        assertThat(new DriftPlan(1, 60_000, MINUTE, START, 1).samples()).isEqualTo(60_000);
        assertThatThrownBy(() -> new DriftPlan(1, 3, MINUTE, START.plusSeconds(1), 1))
                .hasMessageContaining("2026-01-01T00:00:01Z");
    }

    private static int window(DriftPlan.Timed timed) {
        return (int) ((timed.eventTime() - START.toEpochMilli()) / MINUTE.toMillis());
    }

    /** Three standard deviations of a share of 400 draws. */
    private static Offset<Double> within() {
        return Offset.offset(0.075);
    }

    private static List<Gloss> glosses(String prefix, String label) {
        return IntStream.range(0, 1000)
                .mapToObj(i -> new Gloss(prefix + i, label, "gloss " + i))
                .toList();
    }
}
