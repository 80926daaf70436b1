package io.espalier.cli;

import io.espalier.artifact.ModelFormat;
import io.espalier.artifact.Sha256;
import io.espalier.config.EspalierOptions;
import io.espalier.drift.HeldOutQuality;
import io.espalier.model.Encoding;
import io.espalier.model.TextClassifier;
import io.espalier.wire.codec.Labels;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/** The command {@code verify}: whether a published version is whole and does what it did. */
@Command(
        name = "verify",
        description =
                "Verifies published versions, wherever they were copied to: every file against the"
                        + " manifest, the structure in all its forms, and that each form loads and"
                        + " gives the logits that were recorded when the version was judged.",
        footer = {
            "",
            "With --data the slim form must also reach the accuracy that 'evaluate --record' wrote"
                    + " into the",
            "version's run.json for the same file; one sample may fall on the other side.",
            "",
            "Examples:",
            "  espalier verify out/bert/*",
            "  espalier evaluate --model bert --pruned out/bert/macs0.50-000001 --data test.tsv"
                    + " --record",
            "  espalier verify out/bert/macs0.50-000001 --data test.tsv"
        },
        exitCodeList = {"0:all of it is as published", "1:a check failed; its line says which"})
final class VerifyCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Injected.
    private CommandSpec spec;

    @Parameters(
            paramLabel = "DIR",
            arity = "1..*",
            description = "Directories of published versions.")
    private List<Path> versions = List.of();

    @Option(
            names = "--data",
            paramLabel = "FILE.tsv",
            description = "Labelled examples whose recorded accuracy is to be reached again.")
    private @Nullable Path data;

    @Option(
            names = "--max-length",
            paramLabel = "TOKENS",
            description = "Tokens after which texts are cut (default: ${DEFAULT-VALUE}).")
    private int maxLength = EspalierOptions.MODEL_MAX_LENGTH.defaultValue();

    @Override
    public Integer call() throws IOException {
        Ranges.require(spec, "--max-length", maxLength, 4, 8192);
        if (versions.size() == 1) {
            verify(versions.get(0));
            return 0;
        }
        List<String> failed = new ArrayList<>();
        for (Path version : versions) {
            try {
                verify(version);
            } catch (CommandFailure e) {
                line("FAILED", String.valueOf(e.getMessage()));
                failed.add(version.toString());
            }
        }
        if (!failed.isEmpty()) {
            throw new CommandFailure(
                    "%d of %d versions failed: %s"
                            .formatted(failed.size(), versions.size(), String.join(", ", failed)));
        }
        return 0;
    }

    private void verify(Path version) throws IOException {
        line(version.toString());
        try {
            VersionChecks checks = VersionChecks.of(version);
            line("files", checks.files());
            line("decision", checks.decision());
            line("structure", checks.structure());
            for (ModelFormat format : ModelFormat.values()) {
                String found = checks.replay(format);
                line(format.label(), found == null ? "not published" : found);
            }
            if (data != null) {
                line("accuracy", accuracy(version, data));
            }
        } catch (IOException | CommandFailure e) {
            String message = String.valueOf(e.getMessage());
            throw new CommandFailure(
                    message.startsWith(version.toString()) ? message : version + ": " + message, e);
        }
    }

    private String accuracy(Path version, Path examples) throws IOException {
        RecordedAccuracy recorded =
                RecordedAccuracy.find(version, Sha256.of(examples.toRealPath()), maxLength);
        if (recorded == null) {
            throw new CommandFailure(
                    examples
                            + ": run.json has no accuracy of this file at --max-length "
                            + maxLength
                            + "; 'espalier evaluate --pruned "
                            + version
                            + " --data "
                            + examples
                            + " --record' writes it");
        }
        double found;
        try (TextClassifier slim = TextClassifier.load(version.resolve("slim"), maxLength)) {
            TsvDataset dataset = TsvDataset.read(examples, new Labels(slim.description().labels()));
            List<Encoding> encodings =
                    dataset.examples().stream()
                            .map(each -> slim.encode(each.text(), each.pair()))
                            .toList();
            int[] labels =
                    dataset.examples().stream().mapToInt(TsvDataset.Example::label).toArray();
            float[][] logits = slim.logits(encodings);
            found = HeldOutQuality.of(logits, logits, labels).accuracy();
        }
        if (!(Math.abs(found - recorded.accuracy()) * recorded.samples() <= 1.5)) {
            throw new CommandFailure(
                    String.format(
                            Locale.ROOT,
                            "%s: %.2f %% of %d samples, recorded are %.2f %%",
                            examples,
                            100 * found,
                            recorded.samples(),
                            100 * recorded.accuracy()));
        }
        return String.format(
                Locale.ROOT,
                "%.2f %% of %d samples of %s, recorded are %.2f %%",
                100 * found,
                recorded.samples(),
                examples,
                100 * recorded.accuracy());
    }

    private void line(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(text);
        out.flush();
    }

    private void line(String name, String text) {
        line(String.format(Locale.ROOT, "  %-10s %s", name, text));
    }
}
