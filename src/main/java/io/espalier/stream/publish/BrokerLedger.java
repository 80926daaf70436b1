package io.espalier.stream.publish;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ExecutionException;

/** Asks the coordinator of a transactional id, each time anew: it happens after failures only. */
final class BrokerLedger implements TransactionLedger {

    private static final int PATIENCE_MILLIS = 30_000;

    private final Properties client;

    /**
     * A ledger of a broker.
     *
     * @param client settings of any client of it, copied
     */
    BrokerLedger(Properties client) {
        this.client = new Properties();
        this.client.putAll(client);
        this.client.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        this.client.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS / 3);
    }

    @Override
    public @Nullable TransactionDescription describe(String transactionalId)
            throws IOException, InterruptedException {
        try (Admin admin = Admin.create(client)) {
            return admin.describeTransactions(List.of(transactionalId))
                    .description(transactionalId)
                    .get();
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            if (cause instanceof TransactionalIdNotFoundException) {
                return null;
            }
            throw unanswered(transactionalId, cause);
        } catch (KafkaException e) {
            throw unanswered(transactionalId, e);
        }
    }

    private static IOException unanswered(String transactionalId, Throwable cause) {
        return new IOException(
                "transaction '"
                        + transactionalId
                        + "' could not be committed, and the broker does not tell what became of"
                        + " it: "
                        + cause,
                cause);
    }
}
