package io.espalier.stream.decode;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A flood of dead letters stops the job; a trickle, or a few at the start, does not. */
class DeadLetterShareTest {

    private static final String OPTION = "espalier.dead-letters.max-share";
    private static final int WINDOW = 100;

    private static DeadLetterShare half() {
        return new DeadLetterShare(0.5, WINDOW, OPTION);
    }

    private static void refuse(DeadLetterShare share, int inputs) throws Exception {
        for (int i = 0; i < inputs; i++) {
            share.refused("decode: no single-object encoding");
        }
    }

    private static void accept(DeadLetterShare share, int inputs) {
        for (int i = 0; i < inputs; i++) {
            share.accepted();
        }
    }

    @Test
    void stopsWithBothNumbersAndTheOption() throws Exception {
        DeadLetterShare share = half();
        accept(share, WINDOW);
        refuse(share, WINDOW / 2);
        assertThatThrownBy(() -> refuse(share, 1))
                .isInstanceOf(DeadLetterFloodException.class)
                .hasMessageContaining("51 of the last 100 inputs")
                .hasMessageContaining("a share of 0.510")
                .hasMessageContaining("decode: no single-object encoding")
                .hasMessageContaining(OPTION + " allows 0.5");
    }

    @Test
    void letsExactlyTheShareThroughForEver() {
        DeadLetterShare share = half();
        assertThatCode(
                        () -> {
                            for (int i = 0; i < 10 * WINDOW; i++) {
                                share.accepted();
                                share.refused("decode: no single-object encoding");
                            }
                        })
                .doesNotThrowAnyException();
    }

    @Test
    void saysNothingBeforeItsWindowIsFull() throws Exception {
        DeadLetterShare share = half();
        refuse(share, WINDOW - 1);
        assertThatThrownBy(() -> refuse(share, 1)).hasMessageContaining("100 of the last 100");
    }

    @Test
    void forgetsWhatIsLongAgo() throws Exception {
        DeadLetterShare share = half();
        accept(share, WINDOW);
        refuse(share, 50);
        accept(share, WINDOW);
        refuse(share, 50);
        assertThatThrownBy(() -> refuse(share, 1)).isInstanceOf(DeadLetterFloodException.class);
    }

    @Test
    void aShareOfOneNeverStops() {
        DeadLetterShare share = new DeadLetterShare(1, WINDOW, OPTION);
        assertThatCode(() -> refuse(share, 10 * WINDOW)).doesNotThrowAnyException();
    }

    @Test
    void refusesSharesThatAreNone() {
        for (double maximum : new double[] {0, -0.1, 1.1, Double.NaN}) {
            assertThatThrownBy(() -> new DeadLetterShare(maximum, WINDOW, OPTION))
                    .hasMessageContaining(OPTION)
                    .hasMessageContaining("" + maximum);
        }
        assertThatThrownBy(() -> new DeadLetterShare(0.5, 0, OPTION))
                .hasMessageContaining("window 0 at least 1");
    }
}
