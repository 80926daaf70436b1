package io.espalier.cli;

import io.espalier.config.WindowType;
import io.espalier.stream.window.WindowPlan;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.LongStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Event times of a feed, and the one that ends its last window. */
class EventTimesTest {

    private static final Instant FROM = Instant.parse("2026-11-01T12:00:00Z");
    private static final long NOW = 1_800_000_000_000L;
    private static final long MINUTE = Duration.ofMinutes(1).toMillis();

    @Test
    void fromABeginningTimesFollowTheRateAndNothingIsHeldBack() {
        EventTimes times = new EventTimes(FROM, 4);
        assertThat(LongStream.range(0, 6).map(i -> times.of(i, NOW) - FROM.toEpochMilli()))
                .containsExactly(0L, 250L, 500L, 750L, 1000L, 1250L);
        assertThat(times.due(1000)).isZero();
        assertThat(new EventTimes(FROM, 0.1).of(3, NOW)).isEqualTo(FROM.toEpochMilli() + 30_000);
    }

    @Test
    void aLongFeedDoesNotDriftFromItsRate() {
        assertThat(new EventTimes(FROM, 3).of(3_000_000, NOW))
                .isEqualTo(FROM.plusSeconds(1_000_000).toEpochMilli());
    }

    @Test
    void withoutABeginningTimesAreThePresentAndTheRateHoldsBack() {
        EventTimes times = new EventTimes(null, 4);
        assertThat(times.of(9, NOW)).isEqualTo(NOW);
        assertThat(times.due(2)).isEqualTo(Duration.ofMillis(500).toNanos());
        assertThat(new EventTimes(null, 0).due(2)).isZero();
    }

    @Test
    void aBeginningNeedsARate() {
        assertThatIllegalArgumentException().isThrownBy(() -> new EventTimes(FROM, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new EventTimes(null, Double.NaN));
        assertThat(new EventTimes(FROM, 1).of(0, NOW)).isEqualTo(FROM.toEpochMilli());
    }

    @Test
    void aTumblingWindowIsFlushedBeyondItsEndAndThePatience() {
        WindowEnds ends = new WindowEnds(WindowPlan.tumbling(MINUTE), 10_000);
        long noon = FROM.toEpochMilli();
        assertThat(ends.last(noon)).isEqualTo(noon + MINUTE);
        assertThat(ends.last(noon + MINUTE - 1)).isEqualTo(noon + MINUTE);
        assertThat(ends.last(noon + MINUTE)).isEqualTo(noon + 2 * MINUTE);
        assertThat(ends.flush(noon)).isEqualTo(noon + MINUTE + 10_000);
    }

    @Test
    void aSlidingWindowEndsASizeAfterItsLastStart() {
        WindowEnds ends =
                new WindowEnds(new WindowPlan(WindowType.SLIDING, MINUTE, 5 * MINUTE, 0, 0), 0);
        long noon = FROM.toEpochMilli();
        assertThat(ends.last(noon + 1)).isEqualTo(noon + 5 * MINUTE);
        WindowEnds inSamples =
                new WindowEnds(new WindowPlan(WindowType.SLIDING, MINUTE, 0, 100, 0), 0);
        assertThat(inSamples.last(noon + 1)).isEqualTo(noon + MINUTE);
    }
}
