package io.espalier.cli;

import io.espalier.report.PruningReport;
import io.espalier.report.ReportPage;
import io.espalier.report.StructurePicture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** The command {@code inspect}: what one published version is. */
@Command(
        name = "inspect",
        description =
                "Shows what was pruned in a published version, why, and what it cost; its files are"
                        + " verified against the manifest first.",
        footer = {
            "",
            "The picture has a row for each layer: attention heads one by one, feed-forward neurons"
                    + " as a bar",
            "and, where there is room, a strip of where in the parent they lie.",
            "Sizes, qualities and reasons are those of report.json; what the version was measured"
                    + " to take is",
            "in run.json, outside the digest. Colours: only on a terminal, and not if NO_COLOR is"
                    + " set.",
            "",
            "Examples:",
            "  espalier inspect OUT/bert/macs0.50-000001",
            "  espalier inspect OUT/bert/macs0.50-000001 --svg kept.svg --html report.html"
        })
public final class InspectCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // Injected.
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "The directory of a published version.")
    private Path directory = Path.of("");

    @Mixin private final PictureOptions pictures = new PictureOptions();

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Also write the report as a page of its own, from report.json.")
    private @Nullable Path html;

    @Override
    public Integer call() throws IOException {
        pictures.prepare();
        if (html != null) {
            OutputFiles.prepareFile(html);
        }
        PublishedVersion version = PublishedVersion.read(directory);
        PruningReport report = version.report();
        if (html != null && report == null) {
            throw new CommandFailure(
                    directory
                            + ": has no "
                            + PruningReport.FILE
                            + ", so there is no page to write; --svg draws what its manifest says");
        }
        StructurePicture picture = StructurePicture.of(version.kept());
        new Inspection(version, spec.commandLine().getOut()).print(pictures.text(picture));
        pictures.write(picture);
        if (html != null && report != null) {
            OutputFiles.writeText(html, ReportPage.html(report));
        }
        return 0;
    }
}
