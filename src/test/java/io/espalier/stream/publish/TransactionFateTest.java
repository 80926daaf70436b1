package io.espalier.stream.publish;

import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.kafka.clients.admin.TransactionState;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.espalier.stream.publish.Transactions.described;
import static org.assertj.core.api.Assertions.assertThat;

/** The fate of a transaction of producer 7, epoch 3. */
class TransactionFateTest {

    private static final KafkaCommittable TRANSACTION = Transactions.committable(7, 3);

    @ParameterizedTest
    @CsvSource({
        "COMPLETE_COMMIT, 7, 4, COMMITTED", // By the writer's own producer.
        "COMPLETE_COMMIT, 7, 3, COMMITTED", // By a restored one, which raises no epoch.
        "PREPARE_COMMIT, 7, 4, COMMITTED",
        "COMPLETE_ABORT, 7, 4, ABORTED",
        "PREPARE_ABORT, 7, 4, ABORTED",
        "PREPARE_EPOCH_FENCE, 7, 4, ABORTED",
        "COMPLETE_COMMIT, 7, 5, FORGOTTEN", // Of the transaction after it.
        "COMPLETE_ABORT, 7, 5, FORGOTTEN",
        "COMPLETE_COMMIT, 7, 2, FORGOTTEN",
        "COMPLETE_COMMIT, 8, 4, FORGOTTEN", // Of another producer.
        "EMPTY, 7, 4, FORGOTTEN",
        "ONGOING, 7, 4, FORGOTTEN",
        "UNKNOWN, 7, 4, FORGOTTEN"
    })
    void isReadFromStateProducerAndEpoch(
            TransactionState state, long producer, int epoch, TransactionFate fate) {
        assertThat(TransactionFate.of(TRANSACTION, described(state, producer, epoch)))
                .isEqualTo(fate);
    }

    @Test
    void anIdThatTheBrokerDoesNotKnowIsForgotten() {
        assertThat(TransactionFate.of(TRANSACTION, null)).isEqualTo(TransactionFate.FORGOTTEN);
    }
}
