package io.espalier.client;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The last to let go closes a model, once, and nobody takes hold of it after that. */
class CountedModelTest {

    private static final ModelVersion VERSION = new ModelVersion("m", "v1", "0f".repeat(32));

    private final Told told = new Told();

    /** Counts how often it is closed, and fails then if asked to. */
    private static final class Closing implements LoadedModel {

        private final boolean fails;
        private int closed;

        Closing(boolean fails) {
            this.fails = fails;
        }

        @Override
        public List<String> labels() {
            return List.of("a", "b");
        }

        @Override
        public int positions() {
            return 1;
        }

        @Override
        public Tokens tokens(String text, @Nullable String pair) {
            return new Tokens(new long[1], new long[1]);
        }

        @Override
        public float[][] logits(TokenBatch batch) {
            return new float[batch.batch()][2];
        }

        @Override
        public void close() {
            closed++;
            if (fails) {
                throw new IllegalStateException("made up");
            }
        }
    }

    @Test
    void isClosedByTheLastToLetGo() {
        Closing model = new Closing(false);
        CountedModel counted = new CountedModel(VERSION, model, new Notices(told));
        assertThat(counted.hold()).isTrue();
        counted.release();
        assertThat(model.closed).isZero();
        counted.release();
        assertThat(model.closed).isEqualTo(1);
        assertThat(told.events()).containsExactly("retired v1");
        assertThat(counted.hold()).isFalse();
        assertThatThrownBy(counted::release).hasMessageContaining("more often than held");
        assertThat(model.closed).isEqualTo(1);
    }

    @Test
    void aFailureToCloseIsToldAndNotThrownAtTheRequestThatEndedLast() {
        CountedModel counted = new CountedModel(VERSION, new Closing(true), new Notices(told));
        counted.release();
        assertThat(told.events()).containsExactly("troubled: made up", "retired v1");
    }
}
