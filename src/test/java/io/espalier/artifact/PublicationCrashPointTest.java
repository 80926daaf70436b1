package io.espalier.artifact;

import io.espalier.artifact.CrashingFileOps.Call;
import io.espalier.testing.TinyBert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The ten moments at which a publication may be cut off, five positions each, by a killed process
 * and by a loss of power. After recovery there is one whole version and one record of it.
 */
class PublicationCrashPointTest {

    private static final String MODEL = "tiny-bert";
    private static final String VERSION = "v1";
    private static final int POSITIONS = 5;
    private static final String WEIGHTS = "model.safetensors";

    private Path directory = Path.of("");
    private Path parent = Path.of("");

    @BeforeEach
    void writeParent(@TempDir Path temporary) throws IOException {
        directory = temporary;
        parent = TinyBert.write(temporary.resolve("parent"));
    }

    /** A moment, and what the state has to hold of it. */
    private enum Moment {
        STAGING_CREATED(false, false),
        HALF_A_TENSOR_FILE(false, false),
        FILE_WRITTEN_NOT_SYNCED(false, false),
        FILES_SYNCED_NO_MANIFEST(false, false),
        MANIFEST_WRITTEN_NOT_SYNCED(false, false),
        ALL_SYNCED_BEFORE_THE_SNAPSHOT(false, false),
        IN_A_COMPLETED_CHECKPOINT(true, false),
        RENAMED_PARENT_NOT_SYNCED(true, false),
        PARENT_SYNCED_BEFORE_THE_TOPIC(true, false),
        TOPIC_COMMITTED_BEFORE_THE_JOB_LEARNS(true, true);

        private final boolean inCheckpoint;
        private final boolean inTopic;

        Moment(boolean inCheckpoint, boolean inTopic) {
            this.inCheckpoint = inCheckpoint;
            this.inTopic = inTopic;
        }

        /**
         * Number of the call that never completes, in the trace of an undisturbed run.
         *
         * @param position chooses among the files where several would do
         */
        int call(List<Call> trace, Path staged, Path target, int position) {
            int created = index(trace, "createDirectories", staged, 0);
            int renamed = index(trace, "move", target, 0);
            int manifest = index(trace, "write", staged.resolve(Manifest.FILE), 0);
            List<Integer> files =
                    Stream.iterate(created, i -> i < manifest, i -> i + 1)
                            .filter(i -> trace.get(i).operation().equals("write"))
                            .toList();
            int file = files.get(position % files.size());
            return switch (this) {
                case STAGING_CREATED -> created + 1;
                case HALF_A_TENSOR_FILE ->
                        index(trace, "write", staged.resolve("slim").resolve(WEIGHTS), 0);
                case FILE_WRITTEN_NOT_SYNCED -> file + 1;
                case FILES_SYNCED_NO_MANIFEST -> manifest;
                case MANIFEST_WRITTEN_NOT_SYNCED -> manifest + 1;
                case ALL_SYNCED_BEFORE_THE_SNAPSHOT, IN_A_COMPLETED_CHECKPOINT ->
                        index(trace, "sync", staged.resolveSibling(""), manifest) + 1;
                case RENAMED_PARENT_NOT_SYNCED -> renamed + 1;
                case PARENT_SYNCED_BEFORE_THE_TOPIC, TOPIC_COMMITTED_BEFORE_THE_JOB_LEARNS ->
                        trace.size();
            };
        }

        private static int index(List<Call> trace, String operation, Path path, int from) {
            Call wanted = new Call(operation, path);
            int index = trace.subList(from, trace.size()).indexOf(wanted);
            assertThat(index).as("%s in %s", wanted, trace).isNotNegative();
            return from + index;
        }

        /** Share of the interrupted write that reached the disk. */
        double torn(int position) {
            return switch (this) {
                case HALF_A_TENSOR_FILE -> (position + 1) / (POSITIONS + 1.0);
                default -> 0;
            };
        }
    }

    /** A topic with one transaction: its record becomes visible once, however often it commits. */
    private static final class Topic {
        private final Set<String> committed = new TreeSet<>();

        void commit(StagedModel announced) {
            committed.add(announced.manifestDigest());
        }
    }

    @ParameterizedTest
    @EnumSource(Moment.class)
    void leavesOneWholeVersionAndOneRecord(Moment moment) throws IOException {
        int crashes = 0;
        for (int position = 0; position < POSITIONS; position++) {
            for (boolean powerLoss : new boolean[] {false, true}) {
                Path root =
                        Files.createDirectories(
                                directory.resolve("store-" + position + "-" + powerLoss));
                crash(moment, position, powerLoss, root.toRealPath());
                crashes++;
            }
        }
        assertThat(crashes).isEqualTo(2 * POSITIONS);
        System.out.printf(
                "PublicationCrashPointTest: %-38s %d crashes, 0 torn, 0 missing, 0 doubled%n",
                moment, crashes);
    }

    private void crash(Moment moment, int position, boolean powerLoss, Path root)
            throws IOException {
        Candidates candidate = Candidates.of(parent, VERSION, position);
        Path dry = Files.createDirectories(directory.resolve("dry-" + root.getFileName()));
        CrashingFileOps undisturbed = new CrashingFileOps(Integer.MAX_VALUE, true);
        ArtifactStore calm = ArtifactStore.open(dry, undisturbed, attempts("first"));
        StagedModel expected = candidate.stageIn(calm);
        calm.commit(expected);
        Path realDry = dry.toRealPath();
        int call =
                moment.call(
                        undisturbed.trace(),
                        realDry.resolve(expected.stagingPath()),
                        realDry.resolve(MODEL).resolve(VERSION),
                        position);

        CrashingFileOps disk = new CrashingFileOps(call, true, moment.torn(position));
        Topic topic = new Topic();
        StagedModel staged = null;
        try {
            ArtifactStore store = ArtifactStore.open(root, disk, attempts("first"));
            staged = candidate.stageIn(store);
            store.commit(staged);
        } catch (IOException e) {
            assertThat(disk.crashed()).as(e.toString()).isTrue();
        }
        assertThat(disk.crashed()).isEqualTo(call < undisturbed.trace().size());
        if (powerLoss) {
            disk.losePower();
        }
        if (moment.inTopic) {
            topic.commit(expected);
        }
        readersSeeNothingTorn(root, topic, expected);
        recover(root, candidate, moment.inCheckpoint ? staged : null, topic, expected);
    }

    /** Between crash and recovery: a version is absent or whole; a record may be ahead of it. */
    private static void readersSeeNothingTorn(Path root, Topic topic, StagedModel expected)
            throws IOException {
        Path version = root.resolve(MODEL).resolve(VERSION);
        if (Files.exists(version)) {
            ManifestVerifier.verify(version, expected.manifestDigest());
        } else {
            assertThat(topic.committed).as("sink commits after the store").isEmpty();
        }
    }

    private static void recover(
            Path root,
            Candidates candidate,
            @Nullable StagedModel inCheckpoint,
            Topic topic,
            StagedModel expected)
            throws IOException {
        ArtifactStore store =
                ArtifactStore.open(
                        root, new CrashingFileOps(Integer.MAX_VALUE, true), attempts("second"));
        StagedModel staged = inCheckpoint == null ? candidate.stageIn(store) : inCheckpoint;
        assertThat(staged.manifestDigest()).isEqualTo(expected.manifestDigest());
        for (int commits = 0; commits < 2; commits++) {
            store.commit(staged);
            topic.commit(staged);
        }
        ManifestVerifier.verify(store.published(MODEL, VERSION), expected.manifestDigest());
        assertThat(store.versions(MODEL)).containsExactly(VERSION);
        assertThat(topic.committed).containsExactly(expected.manifestDigest());
        // What the first attempt left is collected, and nothing else.
        store.collectOrphans(MODEL, Set.of(), Instant.MAX);
        try (Stream<Path> left = Files.list(root.resolve(StagedModel.STAGING))) {
            assertThat(left).isEmpty();
        }
        store.verify(MODEL, VERSION);
    }

    private static Supplier<String> attempts(String name) {
        AtomicInteger count = new AtomicInteger();
        return () -> name + "-" + count.getAndIncrement();
    }
}
