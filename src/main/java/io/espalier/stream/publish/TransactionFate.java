package io.espalier.stream.publish;

import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.kafka.clients.admin.TransactionDescription;

import org.jspecify.annotations.Nullable;

/**
 * What became of a transaction whose commit the broker refused.
 *
 * <p>The refusal alone does not tell: a commit that is repeated after a restore is refused like one
 * that comes too late, because the broker raises the producer's epoch by one whenever it ends a
 * transaction (KIP-890). So a transaction of epoch e is the one that its coordinator remembers at
 * epoch e + 1, or at e if a restored commit ended it; from e + 2 on the transactional id has been
 * opened again and its memory is of something else.
 */
enum TransactionFate {
    /** Its records are visible, or will be: the commit cannot be taken back. */
    COMMITTED,

    /** Its records are dropped. */
    ABORTED,

    /** Its transactional id stands for another transaction by now, or for none. */
    FORGOTTEN;

    /**
     * Reads the fate of a transaction.
     *
     * @param now what the coordinator says of the transactional id; null if it does not know it
     */
    static TransactionFate of(KafkaCommittable transaction, @Nullable TransactionDescription now) {
        if (now == null || now.producerId() != transaction.getProducerId()) {
            return FORGOTTEN;
        }
        int since = now.producerEpoch() - transaction.getEpoch();
        if (since != 0 && since != 1) {
            return FORGOTTEN;
        }
        return switch (now.state()) {
            case PREPARE_COMMIT, COMPLETE_COMMIT -> COMMITTED;
            case PREPARE_EPOCH_FENCE, PREPARE_ABORT, COMPLETE_ABORT -> ABORTED;
            case ONGOING, EMPTY, UNKNOWN -> FORGOTTEN;
        };
    }
}
