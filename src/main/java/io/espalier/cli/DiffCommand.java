package io.espalier.cli;

import io.espalier.report.StructurePicture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** The command {@code diff}: two published versions of one parent side by side. */
@Command(
        name = "diff",
        description =
                "Compares two published versions of one parent: units that only one of them keeps,"
                        + " mask values, cost and quality.",
        footer = {
            "",
            "  added, removed  units that only B, or only A, keeps",
            "  Jaccard         distance of the kept units, 1 - |A and B| / |A or B|; 0 if they are"
                    + " the same",
            "  rescaled        units that both keep, with another mask value",
            "",
            "Sizes and qualities come from each version's report.json; '-' if it has none. Each was"
                    + " judged on",
            "the held-out samples of its own window: 'espalier evaluate' judges both on one file.",
            "",
            "Examples:",
            "  espalier diff OUT/bert/macs0.50-000016 OUT/bert/macs0.50-000017",
            "  espalier diff OUT/bert/macs0.70-000001 OUT/bert/macs0.30-000001 --svg diff.svg"
        })
public final class DiffCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Injected.
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "A", description = "A published version.")
    private Path first = Path.of("");

    @Parameters(index = "1", paramLabel = "B", description = "Another one of the same parent.")
    private Path second = Path.of("");

    @Mixin private final PictureOptions pictures = new PictureOptions();

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write the differences to a file, with the ids of the units.")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException {
        pictures.prepare();
        if (json != null) {
            OutputFiles.prepareFile(json);
        }
        PublishedVersion a = PublishedVersion.read(first);
        PublishedVersion b = PublishedVersion.read(second);
        requireOneParent(a, b);
        VersionDifference difference = VersionDifference.between(a, b);
        StructurePicture picture = StructurePicture.between(a.kept(), b.kept());
        PrintWriter out = spec.commandLine().getOut();
        out.printf("A  %s  %s%n", a.name(), a.directory());
        out.printf("B  %s  %s%n%n", b.name(), b.directory());
        if (a.mask().sublayers().equals(b.mask().sublayers())) {
            out.printf("Both have the same mask: the same units, the same values.%n%n");
        }
        out.print(pictures.text(picture).replace("\n", System.lineSeparator()));
        out.println();
        difference.sublayerTable().print(out);
        out.println();
        difference.metricTable().print(out);
        pictures.write(picture);
        if (json != null) {
            OutputFiles.writeJson(json, difference);
        }
        return 0;
    }

    private static void requireOneParent(PublishedVersion a, PublishedVersion b) {
        String parentOfA = a.manifest().parent();
        String parentOfB = b.manifest().parent();
        if (!parentOfA.equals(parentOfB)) {
            throw new CommandFailure(
                    "%s was pruned from %s, %s from %s; units of different parents cannot be compared"
                            .formatted(
                                    a.directory(),
                                    PlainText.of(parentOfA),
                                    b.directory(),
                                    PlainText.of(parentOfB)));
        }
    }
}
