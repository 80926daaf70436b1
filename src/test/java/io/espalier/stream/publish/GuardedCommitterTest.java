package io.espalier.stream.publish;

import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.internal.FlinkKafkaInternalProducer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;

import static io.espalier.stream.publish.Transactions.committable;
import static io.espalier.stream.publish.Transactions.described;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the guard makes of the answers of Flink's committer and of the broker. */
class GuardedCommitterTest {

    private static final TransactionDescription ABORTED =
            described(TransactionState.COMPLETE_ABORT, 7, 4);
    private static final TransactionDescription COMMITTED =
            described(TransactionState.COMPLETE_COMMIT, 7, 4);

    private static final String ID = committable(7, 3).getTransactionalId();

    private final List<Request> requests = new ArrayList<>();

    @Test
    void anAbortedTransactionEndsTheJobWithWhatIsLostAndBothRemedies() {
        assertLost(() -> commit(ABORTED, Set.of(), GuardedCommitterTest::fence))
                .hasMessage(
                        "topic 'masks' has lost the records written after checkpoint 16:"
                                + " transaction 'job-masks-0-17' (producer 7, epoch 3) was aborted"
                                + " before its commit came; the broker has the id at"
                                + " CompleteAbort, epoch 4, begun 1970-01-01T00:00:01Z, timeout"
                                + " 2000 ms. espalier.kafka.transaction-timeout is 600000 ms; raise"
                                + " it beyond the longest checkpoint plus the longest outage. To"
                                + " have its records written again, restart from checkpoint 16, an"
                                + " earlier one or a savepoint of before; what was published since"
                                + " then comes again, under the same decision ids. To go on"
                                + " without them, set espalier.kafka.accept-lost-transactions ="
                                + " 7/3")
                .hasCauseInstanceOf(ProducerFencedException.class);
        assertThat(requests).extracting(request -> request.answer).containsExactly("");
    }

    /** The other sinks may still have to commit theirs, which a restart does. */
    @Test
    void theAttemptThatWroteTheTransactionMayBeRestarted() {
        Properties client = new Properties();
        client.setProperty(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1");
        client.setProperty(
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        client.setProperty(
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        try (var writers = new FlinkKafkaInternalProducer<byte[], byte[]>(client, ID)) {
            Request own = new Request(new KafkaCommittable(7, (short) 3, ID, writers));
            GuardedCommitter committer = committer(ABORTED, Set.of(), GuardedCommitterTest::fence);
            assertThatThrownBy(() -> committer.commit(List.of(own)))
                    .isInstanceOf(LostTransactionException.class);
        }
    }

    @Test
    void aTransactionThatAnEarlierAttemptCommittedIsDone() throws Exception {
        commit(COMMITTED, Set.of(), GuardedCommitterTest::fence);
        assertThat(requests).extracting(request -> request.answer).containsExactly("already");
    }

    @Test
    void aTransactionOfWhichTheBrokerKnowsNothingEndsTheJobAsPerhapsLost() {
        assertLost(() -> commit(null, Set.of(), GuardedCommitterTest::expire))
                .hasMessageContainingAll(
                        "topic 'masks' may have lost the records",
                        "is unknown to the broker",
                        "transactional.id.expiration.ms",
                        "accept-lost-transactions = 7/3");
    }

    @Test
    void aTransactionalIdThatWasOpenedAgainEndsTheJobAsPerhapsLost() {
        TransactionDescription again = described(TransactionState.EMPTY, 7, 5);
        assertLost(() -> commit(again, Set.of(), GuardedCommitterTest::fence))
                .hasMessageContainingAll(
                        "topic 'masks' may have lost the records",
                        "Empty, epoch 5, producer 7",
                        "espalier.kafka.transactional-id-prefix");
    }

    @Test
    void anAcceptedLossIsLeftToFlinkToDrop() throws Exception {
        commit(ABORTED, Set.of("7/3"), GuardedCommitterTest::fence);
        assertThat(requests).extracting(request -> request.answer).containsExactly("known");
    }

    @Test
    void anotherAcceptedLossAcceptsNothing() {
        assertLost(() -> commit(ABORTED, Set.of("7/4"), GuardedCommitterTest::fence));
    }

    @Test
    void aFailureThatSaysNothingOfTheTransactionIsFlinks() {
        assertThatThrownBy(
                        () ->
                                commit(
                                        ABORTED,
                                        Set.of(),
                                        request ->
                                                request.signalFailedWithUnknownReason(
                                                        new TransactionalIdAuthorizationException(
                                                                "no right"))))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatIsToBeTriedAgainOrWasCommittedIsPassedOn() throws Exception {
        commit(ABORTED, Set.of(), Committer.CommitRequest::retryLater);
        commit(ABORTED, Set.of(), Committer.CommitRequest::signalAlreadyCommitted);
        commit(ABORTED, Set.of(), request -> {});
        assertThat(requests)
                .extracting(request -> request.answer)
                .containsExactly("retry", "already", "");
    }

    @Test
    void aLostTransactionKeepsBackNoOther() {
        Request lost = new Request(committable(7, 3));
        Request good = new Request(committable(8, 0));
        List<KafkaCommittable> committed = new ArrayList<>();
        GuardedCommitter committer =
                committer(
                        ABORTED,
                        Set.of(),
                        request -> {
                            if (request.getCommittable().equals(lost.committable)) {
                                fence(request);
                            } else {
                                committed.add(request.getCommittable());
                            }
                        });
        assertLost(() -> committer.commit(List.of(lost, good)));
        assertThat(committed).containsExactly(good.committable);
    }

    /** Flink is told not to try again. */
    private static AbstractThrowableAssert<?, ?> assertLost(ThrowingCallable commit) {
        return assertThatThrownBy(commit)
                .isInstanceOf(SuppressRestartsException.class)
                .cause()
                .isInstanceOf(LostTransactionException.class);
    }

    private void commit(
            @Nullable TransactionDescription now,
            Set<String> accepted,
            Consumer<Committer.CommitRequest<KafkaCommittable>> flink)
            throws IOException, InterruptedException {
        Request request = new Request(committable(7, 3));
        requests.add(request);
        committer(now, accepted, flink).commit(List.of(request));
    }

    private static GuardedCommitter committer(
            @Nullable TransactionDescription now,
            Set<String> accepted,
            Consumer<Committer.CommitRequest<KafkaCommittable>> flink) {
        return new GuardedCommitter(
                new TestingCommitter(flink),
                new CommitTerms("masks", Duration.ofMinutes(10), accepted),
                id -> now);
    }

    private static void fence(Committer.CommitRequest<KafkaCommittable> request) {
        request.signalFailedWithKnownReason(new ProducerFencedException("fenced"));
    }

    private static void expire(Committer.CommitRequest<KafkaCommittable> request) {
        request.signalFailedWithUnknownReason(new InvalidPidMappingException("expired"));
    }

    /** Answers each request alike. */
    private record TestingCommitter(Consumer<Committer.CommitRequest<KafkaCommittable>> answer)
            implements Committer<KafkaCommittable> {

        @Override
        public void commit(Collection<CommitRequest<KafkaCommittable>> asked) {
            asked.forEach(answer);
        }

        @Override
        public void close() {}
    }

    /** Keeps the answer; fails as Flink's own does. */
    private static final class Request implements Committer.CommitRequest<KafkaCommittable> {

        private final KafkaCommittable committable;
        private String answer = "";

        Request(KafkaCommittable committable) {
            this.committable = committable;
        }

        @Override
        public KafkaCommittable getCommittable() {
            return committable;
        }

        @Override
        public int getNumberOfRetries() {
            return 0;
        }

        @Override
        public void signalFailedWithKnownReason(Throwable cause) {
            answer = "known";
        }

        @Override
        public void signalFailedWithUnknownReason(Throwable cause) {
            throw new IllegalStateException(cause);
        }

        @Override
        public void retryLater() {
            answer = "retry";
        }

        @Override
        public void updateAndRetryLater(KafkaCommittable updated) {
            answer = "update";
        }

        @Override
        public void signalAlreadyCommitted() {
            answer = "already";
        }
    }
}
