package io.espalier.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A version that prune published passes verify in every form, wherever it lies; with one thing
 * changed it does not.
 */
class VerifyCommandITCase {

    @TempDir static Path directory;
    private static TinyTask task;
    private static Path published;
    private Path version;

    @BeforeAll
    static void prune() throws IOException {
        task = TinyTask.write(directory);
        Path output = directory.resolve("out");
        TinyTask.Run run =
                TinyTask.run(
                        new PruneCommand(),
                        "prune",
                        "--model",
                        task.model(),
                        "--data",
                        task.data(),
                        "--budget",
                        "macs=0.3",
                        "--output",
                        output);
        assertThat(run.err()).isEmpty();
        published = output.resolve("tiny/macs0.30-000001");
    }

    @BeforeEach
    void copy(@TempDir Path elsewhere) throws IOException {
        version = elsewhere.resolve("copy");
        try (Stream<Path> files = Files.walk(published)) {
            for (Path file : files.toList()) {
                Files.copy(file, version.resolve(published.relativize(file).toString()));
            }
        }
    }

    private TinyTask.Run verify(Object... more) {
        Object[] arguments = new Object[2 + more.length];
        arguments[0] = "verify";
        arguments[1] = version;
        System.arraycopy(more, 0, arguments, 2, more.length);
        return TinyTask.run(new VerifyCommand(), arguments);
    }

    private void assertRefused(TinyTask.Run run, String... parts) {
        assertThat(run.err()).startsWith("espalier: " + version).contains(parts).hasLineCount(1);
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void everyFormOfACopyGivesTheRecordedLogits() {
        TinyTask.Run run = verify();
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        for (String form : new String[] {"PyTorch", "ONNX Runtime", "DJL"}) {
            assertThat(run.out()).contains(form + " gives the recorded logits of 5 inputs");
        }
        assertThat(run.out()).contains("the same in manifest, masks and report");
    }

    @Test
    void noFileTellsWhereItWasMade() throws IOException {
        try (Stream<Path> files = Files.walk(version)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1))
                        .as("%s", file)
                        .doesNotContain(directory.toString());
            }
        }
    }

    @Test
    void aFlippedByteOfTheGraphIsNamed() throws IOException {
        Path graph = version.resolve("onnx/model.onnx");
        byte[] bytes = Files.readAllBytes(graph);
        bytes[bytes.length / 2] ^= 1;
        Files.write(graph, bytes);
        assertRefused(verify(), "'onnx/model.onnx' has sha256", "the manifest says");
    }

    @Test
    void weightsThatTheManifestListsMustStillGiveTheRecordedLogits() throws Exception {
        Path weights = version.resolve("stock/model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 2] ^= 0x40; // The exponent of some weight.
        Files.write(weights, bytes);
        relist("stock/model.safetensors");
        assertRefused(verify(), "selfcheck.json: input", "in PyTorch gives");
    }

    @Test
    void masksThatTheManifestListsMustTellOfItsStructure() throws Exception {
        Path bits = version.resolve("masks/mask.bits");
        byte[] bytes = Files.readAllBytes(bits);
        bytes[bytes.length - 1] ^= 1;
        Files.write(bits, bytes);
        relist("masks/mask.bits");
        assertRefused(verify(), "masks/mask.bits: '", "the manifest says");
    }

    @Test
    void aManifestOfAnotherBudgetIsNotThatOfTheMask() throws Exception {
        Path file = version.resolve("manifest.json");
        Files.writeString(file, Files.readString(file).replace("\"macs=0.3\"", "\"macs=0.4\""));
        assertRefused(
                verify(), "masks/mask.json: budget is 'macs=0.3', the manifest says 'macs=0.4'");
    }

    @Test
    void whatIsNoVersionIsToldWhatIsOne() {
        version = directory;
        assertRefused(verify(), "has no manifest.json; name the directory of a published version");
    }

    @Test
    void aVersionThatFailsDoesNotHideTheNext() throws Exception {
        Files.writeString(version.resolve("onnx/extra.txt"), "not published");
        TinyTask.Run run =
                TinyTask.run(new VerifyCommand(), "verify", version, published, directory);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo(
                        "espalier: 2 of 3 versions failed: %s, %s%n".formatted(version, directory));
        assertThat(run.out())
                .contains(
                        "  FAILED     "
                                + version
                                + ": file 'onnx/extra.txt' is not in the manifest")
                .contains("DJL gives the recorded logits of 5 inputs");
    }

    @Test
    void recordedAccuracyIsReachedAgain() throws IOException {
        assertRefused(verify("--data", task.data()), "--record' writes it");
        TinyTask.Run evaluate =
                TinyTask.run(
                        new EvaluateCommand(),
                        "evaluate",
                        "--model",
                        task.model(),
                        "--pruned",
                        version,
                        "--data",
                        task.data(),
                        "--record");
        assertThat(evaluate.err()).isEmpty();
        TinyTask.Run run = verify("--data", task.data());
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("% of 256 samples of " + task.data());
        Path file = version.resolve("run.json");
        ObjectNode record = (ObjectNode) new ObjectMapper().readTree(file.toFile());
        ObjectNode row = (ObjectNode) record.withArray("/evaluations").get(0);
        double accuracy = row.path("accuracy").asDouble();
        row.put("accuracy", accuracy - 0.02);
        new ObjectMapper().writeValue(file.toFile(), record);
        assertRefused(
                verify("--data", task.data()),
                String.format(Locale.ROOT, "%.2f %% of 256", 100 * accuracy));
    }

    /** Lists a file's new content, as one does who can write manifests. */
    private void relist(String name) throws Exception {
        byte[] content = Files.readAllBytes(version.resolve(name));
        ObjectMapper json = new ObjectMapper();
        Path file = version.resolve("manifest.json");
        ObjectNode manifest = (ObjectNode) json.readTree(file.toFile());
        manifest.withArray("/files")
                .forEach(
                        entry -> {
                            if (entry.path("name").asText().equals(name)) {
                                ((ObjectNode) entry).put("sha256", sha256(content));
                            }
                        });
        json.writeValue(file.toFile(), manifest);
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
