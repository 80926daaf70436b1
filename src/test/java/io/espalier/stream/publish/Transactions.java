package io.espalier.stream.publish;

import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;

import java.util.OptionalLong;
import java.util.Set;

/** Transactions as checkpoints and brokers have them. */
final class Transactions {

    private Transactions() {}

    /** One that was opened after checkpoint 16. */
    static KafkaCommittable committable(long producer, int epoch) {
        return new KafkaCommittable(producer, (short) epoch, "job-masks-0-17", null);
    }

    /** What the broker says of it; begun at the epoch's first second. */
    static TransactionDescription described(TransactionState state, long producer, int epoch) {
        return new TransactionDescription(
                1, state, producer, epoch, 2000, OptionalLong.of(1000), Set.of());
    }
}
