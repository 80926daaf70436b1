package io.espalier.stream.publish;

import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

import io.espalier.artifact.ArtifactStore;
import io.espalier.artifact.Retention;
import io.espalier.artifact.StagedModel;
import io.espalier.stream.type.Publication;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Makes staged models visible, and names in {@code live.json} what is live.
 *
 * <ul>
 *   <li>Exactly once: a staged directory is renamed after the checkpoint that holds its reference
 *       is complete; a repeated commit finds it done.
 *   <li>Readers of the store see no version or a whole one.
 *   <li>Old versions that no state refers to are deleted, after what is new is visible.
 *   <li>The operator's duty: the store's root lies on a file system that all task managers share.
 * </ul>
 */
public final class PublishSink implements Sink<Publication>, SupportsCommitter<Publication> {

    private static final long serialVersionUID = 2L;

    private static final Logger LOG = LoggerFactory.getLogger(PublishSink.class);

    /** Far beyond the time between staging and its checkpoint. */
    private static final Duration ORPHAN_AGE = Duration.ofHours(6);

    private final String storeRoot;
    private final Retention retention;

    /** Publishes within a store, where old versions stay as long as they may. */
    public PublishSink(String storeRoot, Retention retention) {
        this.storeRoot = storeRoot;
        this.retention = retention;
    }

    @Override
    public SinkWriter<Publication> createWriter(WriterInitContext context) {
        return new Writer();
    }

    @Override
    public Committer<Publication> createCommitter(CommitterInitContext context) throws IOException {
        return new RenamingCommitter(ArtifactStore.open(Path.of(storeRoot)), retention);
    }

    @Override
    public SimpleVersionedSerializer<Publication> getCommittableSerializer() {
        return new PublicationSerializer();
    }

    /** Passes references on; the staged files are already safe on the disk. */
    private static final class Writer implements CommittingSinkWriter<Publication, Publication> {

        private List<Publication> pending = new ArrayList<>();

        @Override
        public void write(Publication publication, Context context) {
            pending.add(publication);
        }

        @Override
        public void flush(boolean endOfInput) {}

        @Override
        public Collection<Publication> prepareCommit() {
            List<Publication> ready = pending;
            pending = new ArrayList<>();
            return ready;
        }

        @Override
        public void close() {}
    }

    /** Renames staged directories. */
    private static final class RenamingCommitter implements Committer<Publication> {

        private final ArtifactStore store;
        private final Retention retention;

        RenamingCommitter(ArtifactStore store, Retention retention) {
            this.store = store;
            this.retention = retention;
        }

        /**
         * Collects what was staged long before a model that is published now: this job's later
         * staging is in no commit yet, and earlier staging was in an earlier one or was given up.
         */
        private void collect(StagedModel published) throws IOException {
            List<String> orphans =
                    store.collectOrphans(
                            published.model(),
                            Set.of(),
                            store.stagedAt(published).minus(ORPHAN_AGE));
            if (!orphans.isEmpty()) {
                LOG.info("collected staging that no checkpoint holds: {}", orphans);
            }
        }

        private void retire(StagedModel published, Set<String> referenced) throws IOException {
            List<String> retired = store.retire(published, referenced, retention);
            if (!retired.isEmpty()) {
                LOG.info("deleted old versions of {}: {}", published.model(), retired);
            }
        }

        @Override
        public void commit(Collection<CommitRequest<Publication>> requests) throws IOException {
            for (CommitRequest<Publication> request : requests) {
                Publication publication = request.getCommittable();
                if (publication.staged() != null) {
                    store.commit(publication.staged());
                }
                // What is named live has been published, by this commit or an earlier one.
                if (publication.live() != null) {
                    store.point(publication.live());
                }
            }
            // Not before: what a restored commit publishes may lie far apart.
            for (CommitRequest<Publication> request : requests) {
                Publication publication = request.getCommittable();
                StagedModel published = publication.staged();
                if (published != null) {
                    collect(published);
                    if (!publication.referenced().isEmpty()) {
                        retire(published, publication.referenced());
                    }
                }
            }
        }

        @Override
        public void close() {}
    }

    /** References in checkpoints. */
    private static final class PublicationSerializer
            implements SimpleVersionedSerializer<Publication> {

        private static final int VERSION = 2; // Publication knows what 1 was.

        @Override
        public int getVersion() {
            return VERSION;
        }

        @Override
        public byte[] serialize(Publication publication) throws IOException {
            DataOutputSerializer out = new DataOutputSerializer(256);
            publication.write(out);
            return out.getCopyOfBuffer();
        }

        @Override
        public Publication deserialize(int version, byte[] bytes) throws IOException {
            if (version > VERSION) {
                throw new IOException(
                        "committable of format " + version + ", this Espalier reads " + VERSION);
            }
            return Publication.read(new DataInputDeserializer(bytes));
        }
    }
}
