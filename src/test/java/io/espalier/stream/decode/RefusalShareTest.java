package io.espalier.stream.decode;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Both sides of the share, stretch by stretch. */
class RefusalShareTest {

    @ParameterizedTest
    @CsvSource({"0.5, 500, -1", "0.5, 501, 501", "1, 1000, -1", "0, 1, 1", "0, 0, -1"})
    void tellsAStretchWithTooManyRefusals(double most, int refused, int told) {
        RefusalShare share = new RefusalShare(most);
        for (int stretch = 0; stretch < 2; stretch++) {
            for (int i = 0; i < RefusalShare.STRETCH - 1; i++) {
                assertThat(share.count(i < refused - 1)).isEqualTo(-1);
            }
            assertThat(share.count(refused > 0)).isEqualTo(told);
        }
    }
}
