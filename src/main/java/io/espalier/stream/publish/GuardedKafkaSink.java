package io.espalier.stream.publish;

import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.SupportsPostCommitTopology;
import org.apache.flink.streaming.api.datastream.DataStream;

import java.io.IOException;
import java.util.Collection;
import java.util.Properties;

/**
 * Flink's Kafka sink, with a committer that loses nothing in silence.
 *
 * <ul>
 *   <li>Exactly once for {@code read_committed} readers, as that sink is; a transaction that the
 *       broker aborted before its commit ends the job with a {@link LostTransactionException}.
 *   <li>The operator's duty: a transaction timeout beyond the longest checkpoint plus the longest
 *       outage, and the right to describe the transactional ids.
 * </ul>
 *
 * <p>State and its formats are that sink's own: either may be restored from the other's.
 *
 * @param <T> what is written
 */
public final class GuardedKafkaSink<T>
        implements Sink<T>,
                SupportsWriterState<T, KafkaWriterState>,
                SupportsCommitter<KafkaCommittable>,
                SupportsPostCommitTopology<KafkaCommittable> {

    private static final long serialVersionUID = 1L;

    private final KafkaSink<T> sink;
    private final CommitTerms terms;
    private final Properties client;

    /**
     * Guards a sink.
     *
     * @param client settings of any client of the sink's broker, not resolved
     */
    public GuardedKafkaSink(KafkaSink<T> sink, CommitTerms terms, Properties client) {
        this.sink = sink;
        this.terms = terms;
        this.client = client;
    }

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
        return sink.createWriter(context);
    }

    @Override
    public StatefulSinkWriter<T, KafkaWriterState> restoreWriter(
            WriterInitContext context, Collection<KafkaWriterState> state) throws IOException {
        return sink.restoreWriter(context, state);
    }

    @Override
    public SimpleVersionedSerializer<KafkaWriterState> getWriterStateSerializer() {
        return sink.getWriterStateSerializer();
    }

    @Override
    public Committer<KafkaCommittable> createCommitter(CommitterInitContext context)
            throws IOException {
        return new GuardedCommitter(sink.createCommitter(context), terms, new BrokerLedger(client));
    }

    @Override
    public SimpleVersionedSerializer<KafkaCommittable> getCommittableSerializer() {
        return sink.getCommittableSerializer();
    }

    /** Keeps writer and committer in one process, which that sink relies on. */
    @Override
    public void addPostCommitTopology(
            DataStream<CommittableMessage<KafkaCommittable>> committables) {
        sink.addPostCommitTopology(committables);
    }
}
