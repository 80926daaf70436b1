package io.espalier.stream.publish;

import org.apache.kafka.clients.admin.TransactionDescription;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/** What the broker remembers of transactions. */
@FunctionalInterface
interface TransactionLedger {

    /**
     * The state of a transactional id; null if the broker does not know it.
     *
     * @throws IOException if the broker does not answer
     */
    @Nullable TransactionDescription describe(String transactionalId)
            throws IOException, InterruptedException;
}
