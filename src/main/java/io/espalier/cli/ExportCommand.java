package io.espalier.cli;

import io.espalier.artifact.FormatExport;
import io.espalier.artifact.Manifest;
import io.espalier.artifact.ManifestVerifier;
import io.espalier.artifact.ModelFormat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** The command {@code export}: forms of a model that were not published with it. */
@Command(
        name = "export",
        description = {
            "Writes other forms of a model: stock for unmodified transformers, onnx for ONNX"
                    + " Runtime, djl for DJL and DJL Serving.",
            "",
            "All of them compute what the slim model does. What espalier.publish.formats names is"
                    + " published in any case; this is for what it does not."
        },
        footer = {
            "",
            "DIR is a published version, whose files are verified first, or a bare slim directory;"
                    + " for onnx and",
            "djl also a dense Hugging Face directory. Each form becomes a folder of its name in"
                    + " OUTPUT.",
            "",
            "Examples:",
            "  espalier export out/bert/macs0.50-000001 --format stock,onnx --output exported",
            "  espalier export bert-sst2 --format onnx --output dense"
        })
final class ExportCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Injected.
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "The model.")
    private Path model = Path.of("");

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            required = true,
            split = ",",
            description = "Any of stock, onnx and djl, separated by commas.")
    private List<String> formats = List.of();

    @Option(
            names = "--output",
            paramLabel = "DIR",
            required = true,
            description = "Folder for the forms; made if it is not there.")
    private Path output = Path.of("");

    @Override
    public Integer call() throws IOException {
        List<ModelFormat> wanted = formats.stream().distinct().map(this::format).toList();
        Path source = source();
        OutputFiles.prepareDirectory(output);
        List<Path> targets = new ArrayList<>();
        for (ModelFormat format : wanted) {
            targets.add(target(format));
        }
        for (int i = 0; i < wanted.size(); i++) {
            FormatExport.write(wanted.get(i), source, targets.get(i));
            spec.commandLine().getOut().println(targets.get(i) + "  " + bytes(targets.get(i)));
        }
        spec.commandLine().getOut().flush();
        return 0;
    }

    private ModelFormat format(String label) {
        for (ModelFormat format : ModelFormat.values()) {
            if (format != ModelFormat.SLIM && format.label().equals(label)) {
                return format;
            }
        }
        throw new CommandFailure("--format " + label + " is none of stock, onnx, djl");
    }

    /** The directory with the weights. */
    private Path source() throws IOException {
        if (!Files.exists(model.resolve(Manifest.FILE))) {
            return model;
        }
        ManifestVerifier.verify(model);
        return model.resolve(ModelFormat.SLIM.label());
    }

    private Path target(ModelFormat format) throws IOException {
        Path target = output.resolve(format.label());
        if (Files.isDirectory(target) && firstFile(target) != null) {
            throw new CommandFailure(
                    target + ": holds files already; name another folder with --output");
        }
        OutputFiles.prepareDirectory(target);
        return target;
    }

    private static @Nullable Path firstFile(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().orElse(null);
        }
    }

    private static String bytes(Path directory) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
        }
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
