package io.espalier.cli;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Turns, quantiles, and ratios of what met the same machine. */
class InterleavedTimesTest {

    @Test
    void everyRoundBeginsWithAnotherTask() {
        List<String> calls = new ArrayList<>();
        InterleavedTimes.measure(
                List.of(round -> calls.add("a" + round), round -> calls.add("b" + round)), 1, 2);
        assertThat(calls).containsExactly("b1", "a1", "a0", "b0", "b1", "a1");
    }

    @Test
    void aSpeedupIsTakenRoundByRound() {
        // Twice as fast in every round, though the machine is slow in some of them.
        InterleavedTimes times =
                new InterleavedTimes(
                        new long[][] {
                            {200, 220, 800, 240, 900, 210, 880}, {100, 110, 400, 120, 450, 105, 440}
                        });
        assertThat(times.speedup(1, 0)).isEqualTo(2);
        assertThat(times.speedup(0, 1)).isEqualTo(0.5);
        assertThat(times.medianSeconds(0)).isCloseTo(240e-9, within(1e-15));
        assertThat(times.quantileSeconds(0, 25)).isCloseTo(210e-9, within(1e-15));
    }
}
