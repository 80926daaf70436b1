package io.espalier.stream;

import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;

import io.espalier.artifact.ArtifactStore;
import io.espalier.artifact.ManifestVerifier;
import io.espalier.config.EspalierConfig;
import io.espalier.wire.ControlAction;
import io.espalier.wire.ControlCommand;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.PrunedModelAnnouncement;
import io.espalier.wire.codec.RecordCodec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The job goes on from the savepoints that released versions have written, in the midst of a
 * window: what it decides from there on is what an uninterrupted run decides, byte for byte. The
 * same savepoint with one thing changed is refused.
 *
 * <p>{@code -Despalier.golden.write=true} adds this version's first.
 */
class SavepointCompatibilityITCase {

    private static final long SEED = 20_261_129; // Of the committed state, so it cannot be chosen.
    private static final int WINDOWS = 4;
    private static final int DECIDED = 1; // Before the savepoint.
    private static final int GOOD = 100 * WINDOWS;
    private static final int CORRUPTED = 10 * WINDOWS;
    private static final String CONTROL = "control";
    private static final String CONFIGURED = "macs=0.4";
    private static final List<String> COMMANDED = List.of("macs=0.4", "macs=0.2");
    private static final String LIVE = "macs0.40-000001";
    private static final String WEIGHTS = "slim/model.safetensors";
    private static final byte LATER = 127;
    private static final Set<String> STATEFUL =
            Set.of(
                    "source",
                    "label-source",
                    "control-source",
                    "labels",
                    "score",
                    "fold",
                    "decide",
                    "Sink Committer: publish",
                    "masks",
                    "models",
                    "drift",
                    "acknowledgements",
                    "dead-letters");

    @TempDir private static Path directory;
    private static KafkaFixture kafka;
    private static LabelledFeed feed;
    private static Outcome uninterrupted;

    static List<GoldenSavepoint> savepoints() throws IOException {
        return GoldenSavepoint.all();
    }

    @BeforeAll
    static void runWithoutInterruption() throws Exception {
        if (GoldenSnapshot.isWritten()) {
            write(GoldenSavepoint.current());
        }
        kafka = KafkaFixture.start(directory.resolve("kafka"));
        feed = feed(kafka);
        EspalierConfig config = config(kafka, "uninterrupted", SEED);
        try (RunningJob job = RunningJob.start(config, SyntheticJob.scorers(config))) {
            command(kafka, config);
            feed.sendFirst();
            feed.sendRest();
            uninterrupted =
                    Outcome.await(
                            config, WINDOWS * COMMANDED.size(), CORRUPTED, job::awaitCheckpoints);
            assertThat(job.failures()).isEmpty();
        }
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    /** Stops when all of the first half is decided that can be, and nothing is on its way out. */
    private static void write(GoldenSavepoint savepoint) throws Exception {
        try (KafkaFixture own = KafkaFixture.start(directory.resolve("generator"))) {
            LabelledFeed half = feed(own);
            EspalierConfig config = config(own, savepoint.name(), SEED);
            Configuration oneFile = new Configuration();
            oneFile.set(CheckpointingOptions.FS_SMALL_FILE_THRESHOLD, MemorySize.ofMebiBytes(1));
            try (RunningJob job = RunningJob.start(config, SyntheticJob.scorers(config), oneFile)) {
                command(own, config);
                half.sendFirst();
                Outcome.await(
                        config,
                        DECIDED * COMMANDED.size(),
                        half.lettersOfFirst().size(),
                        job::awaitCheckpoints);
                savepoint.write(
                        job.stop(directory.resolve("generator/savepoints")),
                        config.publish().root());
            }
        }
    }

    private static LabelledFeed feed(KafkaFixture where) throws Exception {
        Traffic traffic = new Traffic(SEED, WINDOWS, GOOD, CORRUPTED);
        LabelledFeed fed = new LabelledFeed(where, traffic, DECIDED + 2);
        fed.createTopics();
        return fed;
    }

    private static EspalierConfig config(KafkaFixture where, String name, long seed)
            throws Exception {
        return where.job(name, LabelledFeed.SAMPLES, settings(seed));
    }

    private static Map<String, String> settings(long seed) {
        Map<String, String> own =
                Map.of(
                        "espalier.budgets", CONFIGURED,
                        "espalier.kafka.topic.control", CONTROL,
                        "espalier.kafka.topic.labels", LabelledFeed.LABELS,
                        "espalier.labels.max-delay", LabelledFeed.DELAY + " ms",
                        "espalier.loss", "supervised",
                        "espalier.micro-batch.samples", "8",
                        "espalier.parallelism", "2",
                        "espalier.publish.formats", "slim",
                        "espalier.statistics.gradient-rows", "4");
        return SyntheticJob.settings(seed, own);
    }

    /** Asks for other budgets than the configured one, which only state remembers. */
    private static void command(KafkaFixture where, EspalierConfig config) throws Exception {
        ControlCommand command =
                ControlCommand.newBuilder()
                        .setId("two")
                        .setModel(KafkaFixture.MODEL)
                        .setAction(ControlAction.SET_BUDGETS)
                        .setArguments(Map.of("budgets", String.join(",", COMMANDED)))
                        .build();
        where.send(CONTROL, 0, 1, RecordCodec.CONTROL_COMMAND.encode(command)).get();
        try (Published published = new Published(config)) {
            Await.until("the answer", () -> !published.acknowledgements().isEmpty());
        }
    }

    @ParameterizedTest
    @MethodSource("savepoints")
    void goesOnAsIfItHadNotBeenInterrupted(GoldenSavepoint savepoint) throws Exception {
        EspalierConfig config = config(kafka, savepoint.name(), SEED);
        savepoint.copyStore(config.publish().root());
        checkWeights(config);
        Path copy = savepoint.copy(directory.resolve(config.kafka().groupId()));
        try (RunningJob job = RunningJob.restore(config, SyntheticJob.scorers(config), copy);
                Published published = new Published(config)) {
            Outcome expected = rest();
            Outcome restored =
                    Outcome.await(
                            config,
                            expected.reports().size(),
                            expected.letters().size(),
                            job::awaitCheckpoints);
            restored.checkEqualTo(expected);
            assertThat(restored.letters()).containsExactlyInAnyOrderElementsOf(expected.letters());
            assertThat(published.acknowledgements()).isEmpty();
            checkStore(restored);
            assertThat(job.failures()).isEmpty();
            System.out.printf(
                    "SavepointCompatibilityITCase: %s: %d masks, %d reports, %d dead letters,"
                            + " byte for byte those of the uninterrupted run; state of %s%n",
                    savepoint.version(),
                    restored.masks().size(),
                    restored.reports().size(),
                    restored.letters().size(),
                    savepoint.operators());
        }
    }

    @ParameterizedTest
    @MethodSource("savepoints")
    void holdsStateOfEveryOperatorThatHasAny(GoldenSavepoint savepoint) throws Exception {
        assertThat(savepoint.operators()).containsAll(STATEFUL);
    }

    @ParameterizedTest
    @MethodSource("savepoints")
    void isRefusedByAJobOfAnotherSeed(GoldenSavepoint savepoint) throws Exception {
        EspalierConfig config = config(kafka, "seed-of-" + savepoint.version(), SEED + 1);
        savepoint.copyStore(config.publish().root());
        Path copy = savepoint.copy(directory.resolve(config.kafka().groupId()));
        assertThat(RunningJob.refusal(config, SyntheticJob.scorers(config), copy))
                .contains(
                        "the state belongs to another job: espalier.seed was '%d' and is '%d'."
                                .formatted(SEED, SEED + 1));
    }

    @ParameterizedTest
    @MethodSource("savepoints")
    void isRefusedIfItIsOfALaterFormat(GoldenSavepoint savepoint) throws Exception {
        EspalierConfig config = config(kafka, "format-of-" + savepoint.version(), SEED);
        savepoint.copyStore(config.publish().root());
        Path copy = savepoint.copy(directory.resolve(config.kafka().groupId()));
        GoldenSavepoint.setFormat(copy, KafkaFixture.MODEL, LIVE, LATER);
        assertThat(RunningJob.refusal(config, SyntheticJob.scorers(config), copy))
                .contains("staged model of state version " + LATER + ", this build reads version")
                .contains("restore with the build that wrote it");
    }

    @ParameterizedTest
    @MethodSource("savepoints")
    void isRefusedByAJobThatWouldLeaveStateBehind(GoldenSavepoint savepoint) throws Exception {
        Map<String, String> unlabelled = new HashMap<>(settings(SEED));
        unlabelled.remove("espalier.kafka.topic.labels");
        EspalierConfig config =
                kafka.job("less-than-" + savepoint.version(), LabelledFeed.SAMPLES, unlabelled);
        savepoint.copyStore(config.publish().root());
        Path copy = savepoint.copy(directory.resolve(config.kafka().groupId()));
        assertThat(RunningJob.refusal(config, SyntheticJob.scorers(config), copy))
                .contains("Cannot map checkpoint/savepoint state for operator")
                .contains("the operator is not available in the new program");
    }

    /** What an uninterrupted run publishes of the windows that the savepoint does not decide. */
    private static Outcome rest() throws Exception {
        List<MaskUpdate> masks =
                uninterrupted.masks().stream()
                        .filter(mask -> mask.getSequence() > DECIDED)
                        .toList();
        Set<String> decisions =
                masks.stream().map(MaskUpdate::getDecisionId).collect(Collectors.toSet());
        assertThat(decisions).hasSize((WINDOWS - DECIDED) * COMMANDED.size());
        return new Outcome(
                uninterrupted.config(),
                masks,
                uninterrupted.models().stream()
                        .filter(model -> decisions.contains(model.getDecisionId()))
                        .toList(),
                uninterrupted.reports().stream()
                        .filter(report -> decisions.contains(report.getDecisionId()))
                        .toList(),
                feed.lettersOfRest());
    }

    /**
     * The models that are live in the savepoint have the weights that this machine gives them: they
     * are cut and not solved anew, which rounds otherwise on other processors.
     */
    private static void checkWeights(EspalierConfig restored) throws IOException {
        ArtifactStore store = ArtifactStore.open(restored.publish().root());
        ArtifactStore ours = ArtifactStore.open(uninterrupted.config().publish().root());
        List<String> versions = store.versions(KafkaFixture.MODEL);
        assertThat(versions).hasSize(DECIDED * COMMANDED.size()).contains(LIVE);
        for (String version : versions) {
            store.verify(KafkaFixture.MODEL, version);
            assertThat(store.published(KafkaFixture.MODEL, version).resolve(WEIGHTS))
                    .hasSameBinaryContentAs(
                            ours.published(KafkaFixture.MODEL, version).resolve(WEIGHTS));
        }
    }

    /** What is announced is there, and what is live is what the uninterrupted run has made live. */
    private static void checkStore(Outcome restored) throws IOException {
        Path root = restored.config().publish().root();
        for (PrunedModelAnnouncement model : restored.models()) {
            ManifestVerifier.verify(root.resolve(model.getLocation()), model.getManifestDigest());
        }
        ArtifactStore store = ArtifactStore.open(root);
        ArtifactStore ours = ArtifactStore.open(uninterrupted.config().publish().root());
        assertThat(store.versions(KafkaFixture.MODEL)).isEqualTo(ours.versions(KafkaFixture.MODEL));
        assertThat(store.live(KafkaFixture.MODEL))
                .hasSize(COMMANDED.size())
                .isEqualTo(ours.live(KafkaFixture.MODEL));
    }
}
