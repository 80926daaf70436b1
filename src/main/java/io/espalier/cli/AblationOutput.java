package io.espalier.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;

/** The options {@code --json} and {@code --html} of comparisons. */
final class AblationOutput {

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description =
                    "Also write every single figure to a file; it grows with each seed that is"
                            + " done.")
    private @Nullable Path json;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description =
                    "Where to write the page with plot and table (default: beside --json, its name"
                            + " ending in .html).")
    private @Nullable Path html;

    /** Makes sure that the files can be written. */
    void prepare() {
        if (json != null) {
            OutputFiles.prepareFile(json);
        }
        Path page = page();
        if (page != null) {
            if (page.equals(json)) {
                throw new CommandFailure(
                        "--json and --html both name " + page + "; give them different names");
            }
            OutputFiles.prepareFile(page);
        }
    }

    private @Nullable Path page() {
        if (html != null || json == null) {
            return html;
        }
        String name = String.valueOf(json.getFileName());
        return json.resolveSibling(name.replaceFirst("\\.json$", "") + ".html");
    }

    /** Writes what was asked for. */
    void write(String title, Ablation ablation) throws IOException {
        if (json != null) {
            OutputFiles.writeJson(json, ablation);
        }
        Path page = page();
        if (page != null) {
            OutputFiles.writeText(page, AblationPage.of(title, ablation));
        }
    }
}
