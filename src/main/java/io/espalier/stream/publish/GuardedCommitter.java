package io.espalier.stream.publish;

import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.common.errors.InvalidPidMappingException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Commits through another committer, and settles what the broker refuses.
 *
 * <p>Flink's committer reports a refused transaction as failed for a known reason, which means:
 * logged and dropped. Here the broker is asked what became of it. One that an earlier attempt
 * committed is done. Any other fails the attempt that wrote it and ends the job when it is
 * restored, now or at any later start from that checkpoint, until the operator accepts the loss by
 * name. Refusals are settled after all requests, so that one lost transaction keeps back no other.
 */
@SuppressWarnings("try") // Closes as the other committer does, whatever that may throw.
final class GuardedCommitter implements Committer<KafkaCommittable> {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedCommitter.class);

    private final Committer<KafkaCommittable> committer;
    private final CommitTerms terms;
    private final TransactionLedger ledger;

    GuardedCommitter(
            Committer<KafkaCommittable> committer, CommitTerms terms, TransactionLedger ledger) {
        this.committer = committer;
        this.terms = terms;
        this.ledger = ledger;
    }

    @Override
    public void commit(Collection<CommitRequest<KafkaCommittable>> requests)
            throws IOException, InterruptedException {
        List<Refusal> refusals = new ArrayList<>();
        List<CommitRequest<KafkaCommittable>> guarded = new ArrayList<>();
        for (CommitRequest<KafkaCommittable> request : requests) {
            guarded.add(new GuardedRequest(request, refusals));
        }
        committer.commit(guarded);
        List<LostTransaction> lost = new ArrayList<>();
        for (Refusal refusal : refusals) {
            settle(refusal, lost);
        }
        if (!lost.isEmpty()) {
            throw failure(lost, refusals.get(0).cause());
        }
    }

    /**
     * Trying again cannot bring records back. But the first time, in the attempt that wrote them,
     * the other sinks may not have committed theirs yet: a restart does that, before they expire
     * too.
     */
    private IOException failure(List<LostTransaction> lost, Throwable cause) {
        LostTransactionException failure =
                new LostTransactionException(
                        String.join("; ", lost.stream().map(each -> each.message(terms)).toList()),
                        cause);
        if (lost.stream().anyMatch(each -> each.transaction().getProducer().isEmpty())) {
            throw new SuppressRestartsException(failure);
        }
        return failure;
    }

    private void settle(Refusal refusal, List<LostTransaction> lost)
            throws IOException, InterruptedException {
        KafkaCommittable transaction = refusal.request().getCommittable();
        TransactionDescription now = ledger.describe(transaction.getTransactionalId());
        TransactionFate fate = TransactionFate.of(transaction, now);
        if (fate == TransactionFate.COMMITTED) {
            LOG.info(
                    "transaction '{}' had been committed before; nothing is lost",
                    transaction.getTransactionalId());
            refusal.request().signalAlreadyCommitted();
            return;
        }
        LostTransaction loss = new LostTransaction(transaction, fate, now);
        if (terms.acceptedLosses().contains(LostTransaction.name(transaction))) {
            LOG.warn("accepted: {}", loss.message(terms));
            refusal.request().signalFailedWithKnownReason(refusal.cause());
        } else {
            lost.add(loss);
        }
    }

    @Override
    public void close() throws Exception {
        committer.close();
    }

    /** A request that the broker refused for good. */
    private record Refusal(CommitRequest<KafkaCommittable> request, Throwable cause) {}

    /** Keeps refusals to itself and passes everything else on. */
    private record GuardedRequest(CommitRequest<KafkaCommittable> request, List<Refusal> refusals)
            implements CommitRequest<KafkaCommittable> {

        @Override
        public KafkaCommittable getCommittable() {
            return request.getCommittable();
        }

        @Override
        public int getNumberOfRetries() {
            return request.getNumberOfRetries();
        }

        @Override
        public void signalFailedWithKnownReason(Throwable cause) {
            refusals.add(new Refusal(request, cause));
        }

        /** Of these, one is an answer about the transaction: its id has expired at the broker. */
        @Override
        public void signalFailedWithUnknownReason(Throwable cause) {
            if (cause instanceof InvalidPidMappingException) {
                refusals.add(new Refusal(request, cause));
            } else {
                request.signalFailedWithUnknownReason(cause);
            }
        }

        @Override
        public void retryLater() {
            request.retryLater();
        }

        @Override
        public void updateAndRetryLater(KafkaCommittable committable) {
            request.updateAndRetryLater(committable);
        }

        @Override
        public void signalAlreadyCommitted() {
            request.signalAlreadyCommitted();
        }

        /** Flink's committer logs requests. */
        @Override
        public String toString() {
            return request.toString();
        }
    }
}
