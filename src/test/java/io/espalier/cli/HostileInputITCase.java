package io.espalier.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Input that is broken in one place ends evaluate and prune in one line that names it. The same
 * input unbroken, which both accept, is run first.
 */
class HostileInputITCase {

    @TempDir static Path directory;
    private static TinyTask good;

    @BeforeAll
    static void bothCommandsAcceptWhatIsNotBroken() throws IOException {
        good = TinyTask.write(directory.resolve("good"));
        for (String budget : new String[] {"macs=0.5", "macs=1.0"}) {
            TinyTask.Run prune = prune(good, directory.resolve("out"), budget);
            assertThat(prune.err()).isEmpty();
            assertThat(prune.code()).isZero();
        }
        TinyTask.Run evaluate = evaluate(good, directory.resolve("evaluation.json"));
        assertThat(evaluate.err()).isEmpty();
        assertThat(evaluate.code()).isZero();
    }

    @Test
    void aTruncatedWeightsFile() throws IOException {
        TinyTask bad = withModel("truncated");
        Path weights = bad.model().resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        Files.write(weights, Arrays.copyOf(bytes, bytes.length - 1));
        assertRefused(bad, bad.model() + ": model.safetensors", "do not lie in the data of");
    }

    @Test
    void aWeightsFileWhoseTensorsOverlap() throws IOException {
        TinyTask bad = withModel("overlapping");
        Path weights = bad.model().resolve("model.safetensors");
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(weights));
        int length = Math.toIntExact(file.order(ByteOrder.LITTLE_ENDIAN).getLong());
        ObjectMapper json = new ObjectMapper();
        ObjectNode header = (ObjectNode) json.readTree(file.array(), Long.BYTES, length);
        header.withArray("/classifier.bias/data_offsets").removeAll().add(4).add(16);
        byte[] altered = json.writeValueAsBytes(header);
        file.position(Long.BYTES + length);
        ByteBuffer rewritten =
                ByteBuffer.allocate(Long.BYTES + altered.length + file.remaining())
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(altered.length)
                        .put(altered)
                        .put(file);
        Files.write(weights, rewritten.array());
        assertRefused(bad, bad.model() + ": model.safetensors", "overlap");
    }

    @Test
    void aConfigOfAnotherArchitecture() throws IOException {
        TinyTask bad = withModel("other");
        Path config = bad.model().resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"bert\"", "\"gpt2\""));
        assertRefused(
                bad, config.toString(), "model_type 'gpt2' is not supported; supported: Bert");
    }

    @Test
    void aFileWithoutAColumn() throws IOException {
        TinyTask bad = withData("columns.tsv", "label\ttext\n", "label\twords\n");
        assertRefused(bad, bad.data().toString(), "line 1", "column 'words' is unknown");
        TinyTask worse = withData("column.tsv", "label\ttext\n", "label\n");
        assertRefused(worse, worse.data().toString(), "line 1", "column 'text' is missing");
    }

    @Test
    void aLabelThatIsNoClass() throws IOException {
        TinyTask bad = withData("label.tsv", "label\ttext\n", "label\ttext\nz\tw5\n");
        assertRefused(bad, bad.data().toString(), "line 2", "'z' is no class", "use a, b, c");
    }

    @Test
    void budgetsThatAreNone() {
        for (String budget : new String[] {"macs=0", "macs=1.2", "speed=3"}) {
            assertLine(
                    prune(good, directory.resolve("none"), budget),
                    "budget",
                    budget,
                    "latency=X@b8s64 with 0 < X <= 1");
        }
    }

    /** The twin is the set-up, which pruned for another budget into the same store. */
    @Test
    void anOutputThatHoldsTheVersionAlready() {
        assertLine(
                prune(good, directory.resolve("out"), "macs=0.5"),
                "macs0.50-000001",
                "never overwritten",
                "--output");
    }

    @Test
    void anOutputThatCannotBeWritten() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        Path below = file.resolve("out");
        assertLine(prune(good, below, "macs=0.5"), below.toString(), "cannot be written");
        assertLine(evaluate(good, below.resolve("e.json")), below.toString(), "cannot be written");
    }

    private static TinyTask withModel(String name) throws IOException {
        return new TinyTask(TinyBert.write(directory.resolve(name)), good.data());
    }

    private static TinyTask withData(String name, String from, String to) throws IOException {
        String content = Files.readString(good.data()).replace(from, to);
        return new TinyTask(good.model(), Files.writeString(directory.resolve(name), content));
    }

    private static void assertRefused(TinyTask bad, String... parts) {
        assertLine(prune(bad, directory.resolve("refused"), "macs=0.5"), parts);
        assertLine(evaluate(bad, directory.resolve("refused.json")), parts);
    }

    private static void assertLine(TinyTask.Run run, String... parts) {
        assertThat(run.err()).startsWith("espalier: ").contains(parts).hasLineCount(1);
        assertThat(run.code()).isEqualTo(1);
    }

    private static TinyTask.Run prune(TinyTask task, Path output, String budget) {
        return TinyTask.run(
                new PruneCommand(),
                "prune",
                "--model",
                task.model(),
                "--data",
                task.data(),
                "--budget",
                budget,
                "--output",
                output,
                "--max-length",
                16);
    }

    private static TinyTask.Run evaluate(TinyTask task, Path json) {
        return TinyTask.run(
                new EvaluateCommand(),
                "evaluate",
                "--model",
                task.model(),
                "--data",
                task.data(),
                "--json",
                json);
    }
}
