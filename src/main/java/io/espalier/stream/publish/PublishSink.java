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
import io.espalier.artifact.StagedModel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Makes staged models visible.
 *
 * <ul>
 *   <li>Exactly once: a staged directory is renamed after the checkpoint that holds its reference
 *       is complete; a repeated commit finds it done.
 *   <li>Readers of the store see no version or a whole one.
 *   <li>The operator's duty: the store's root lies on a file system that all task managers share.
 * </ul>
 */
public final class PublishSink implements Sink<StagedModel>, SupportsCommitter<StagedModel> {

    private static final long serialVersionUID = 1L;

    private final String storeRoot;

    /** Publishes within a store. */
    public PublishSink(String storeRoot) {
        this.storeRoot = storeRoot;
    }

    @Override
    public SinkWriter<StagedModel> createWriter(WriterInitContext context) {
        return new Writer();
    }

    @Override
    public Committer<StagedModel> createCommitter(CommitterInitContext context) throws IOException {
        return new RenamingCommitter(ArtifactStore.open(Path.of(storeRoot)));
    }

    @Override
    public SimpleVersionedSerializer<StagedModel> getCommittableSerializer() {
        return new StagedModelSerializer();
    }

    /** Passes references on; the staged files are already safe on the disk. */
    private static final class Writer implements CommittingSinkWriter<StagedModel, StagedModel> {

        private List<StagedModel> pending = new ArrayList<>();

        @Override
        public void write(StagedModel staged, Context context) {
            pending.add(staged);
        }

        @Override
        public void flush(boolean endOfInput) {}

        @Override
        public Collection<StagedModel> prepareCommit() {
            List<StagedModel> ready = pending;
            pending = new ArrayList<>();
            return ready;
        }

        @Override
        public void close() {}
    }

    /** Renames staged directories. */
    private static final class RenamingCommitter implements Committer<StagedModel> {

        private final ArtifactStore store;

        RenamingCommitter(ArtifactStore store) {
            this.store = store;
        }

        @Override
        public void commit(Collection<CommitRequest<StagedModel>> requests) throws IOException {
            for (CommitRequest<StagedModel> request : requests) {
                store.commit(request.getCommittable());
            }
        }

        @Override
        public void close() {}
    }

    /** References in checkpoints. */
    private static final class StagedModelSerializer
            implements SimpleVersionedSerializer<StagedModel> {

        private static final int VERSION = 1;

        @Override
        public int getVersion() {
            return VERSION;
        }

        @Override
        public byte[] serialize(StagedModel staged) throws IOException {
            DataOutputSerializer out = new DataOutputSerializer(256);
            staged.write(out);
            return out.getCopyOfBuffer();
        }

        @Override
        public StagedModel deserialize(int version, byte[] bytes) throws IOException {
            if (version > VERSION) {
                throw new IOException(
                        "committable of format " + version + ", this Espalier reads " + VERSION);
            }
            return StagedModel.read(new DataInputDeserializer(bytes));
        }
    }
}
