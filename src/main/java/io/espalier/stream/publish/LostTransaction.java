package io.espalier.stream.publish;

import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.kafka.clients.admin.TransactionDescription;

import io.espalier.config.EspalierOptions;
import org.jspecify.annotations.Nullable;

import java.time.Instant;

/**
 * A transaction of a completed checkpoint whose records no reader will see, or perhaps not.
 *
 * @param transaction as the checkpoint has it
 * @param fate of it, not committed
 * @param now what the broker says of its transactional id; null for nothing
 */
record LostTransaction(
        KafkaCommittable transaction, TransactionFate fate, @Nullable TransactionDescription now) {

    /** Its name for {@link CommitTerms#acceptedLosses}; no other transaction ever has it. */
    static String name(KafkaCommittable transaction) {
        return transaction.getProducerId() + "/" + transaction.getEpoch();
    }

    /** What is lost, why, and how to go on, in one line. */
    String message(CommitTerms terms) {
        String id = transaction.getTransactionalId();
        String before = checkpointBefore(id);
        return "topic '"
                + terms.topic()
                + "' "
                + (fate == TransactionFate.ABORTED ? "has lost" : "may have lost")
                + " the records written after checkpoint "
                + before
                + ": transaction '"
                + id
                + "' (producer "
                + transaction.getProducerId()
                + ", epoch "
                + transaction.getEpoch()
                + ") "
                + reason(terms)
                + " To have its records written again, restart from checkpoint "
                + before
                + ", an earlier one or a savepoint of before; what was published since then comes"
                + " again, under the same decision ids. To go on without them, set "
                + EspalierOptions.KAFKA_ACCEPT_LOST_TRANSACTIONS.key()
                + " = "
                + name(transaction);
    }

    private String reason(CommitTerms terms) {
        if (now == null) {
            return "is unknown to the broker, which forgets a transactional id after its"
                    + " transactional.id.expiration.ms; whether it was committed cannot be told.";
        }
        String found = "the broker has the id at " + now.state() + ", epoch " + now.producerEpoch();
        if (fate == TransactionFate.ABORTED) {
            return "was aborted before its commit came; "
                    + found
                    + ", begun "
                    + begin(now)
                    + ", timeout "
                    + now.transactionTimeoutMs()
                    + " ms. "
                    + EspalierOptions.KAFKA_TRANSACTION_TIMEOUT.key()
                    + " is "
                    + terms.timeout().toMillis()
                    + " ms; raise it beyond the longest checkpoint plus the longest outage.";
        }
        return "has been followed by another of the same id; "
                + found
                + ", producer "
                + now.producerId()
                + "; whether it was committed cannot be told. Either a job has gone on from an"
                + " earlier checkpoint since, or another job has the same "
                + EspalierOptions.KAFKA_TRANSACTIONAL_ID_PREFIX.key()
                + ".";
    }

    private static String begin(TransactionDescription now) {
        return now.transactionStartTimeMs().isPresent()
                ? Instant.ofEpochMilli(now.transactionStartTimeMs().getAsLong()).toString()
                : "at an unknown time";
    }

    /** Flink ends an id with the number of the first checkpoint that may hold the transaction. */
    private static String checkpointBefore(String transactionalId) {
        String last = transactionalId.substring(transactionalId.lastIndexOf('-') + 1);
        return Long.toString(Long.parseLong(last) - 1);
    }
}
