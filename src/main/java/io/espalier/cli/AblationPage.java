package io.espalier.cli;

import java.util.List;
import java.util.stream.Collectors;

import static io.espalier.cli.AblationPlot.escape;

/** The page of a comparison: what was done, plot and table; one file that needs no other. */
final class AblationPage {

    private static final String STYLE =
            """
            :root { color-scheme: light dark }
            body { font: 15px/1.5 sans-serif; max-width: 75em; margin: 2em auto; padding: 0 1em;
              color: #1a1a1a; background: #ffffff }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums }
            .wide { overflow-x: auto }
            th, td { padding: 0.15em 0.7em; text-align: right; white-space: nowrap;
              border-bottom: 1px solid #8884 }
            th:first-child, td:first-child { text-align: left }
            svg { width: 100%; height: auto }
            @media (prefers-color-scheme: dark) { body { color: #e8e8e8; background: #14171a } }
            """;

    private AblationPage() {}

    /**
     * The page, HTML that is well-formed XML too.
     *
     * @param title what was compared
     */
    static String of(String title, Ablation ablation) {
        AblationTable table = AblationTable.of(ablation);
        return """
               <!DOCTYPE html>
               <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
               <head>
               <meta charset="utf-8"/>
               <meta name="viewport" content="width=device-width, initial-scale=1"/>
               <title>%1$s</title>
               <style>
               %2$s</style>
               </head>
               <body>
               <h1>%1$s</h1>
               <p>%3$s</p>
               %4$s<p>%5$s</p>
               <div class="wide"><table>
               <thead>
               %6$s</thead>
               <tbody>
               %7$s</tbody>
               </table></div>
               </body>
               </html>
               """
                .formatted(
                        escape(title),
                        STYLE,
                        escape(about(ablation)),
                        ablation.cells().isEmpty() ? "" : AblationPlot.of(ablation),
                        escape(NOTES),
                        row("th", table.titles()),
                        table.rows().stream()
                                .map(row -> row("td", row))
                                .collect(Collectors.joining()));
    }

    private static final String NOTES =
            "Lines join means over the draws, dots are single models. In the table ± is the standard"
                    + " deviation over the draws. Accuracy, agreement with the dense model and KL"
                    + " (dense || pruned) are means over the test files; kept is the share of what"
                    + " the budget counts; predicted is the loss, to second order, that the"
                    + " statistics foretell; seconds are the step's own.";

    private static String about(Ablation ablation) {
        String tests =
                ablation.dense().files().stream()
                        .map(file -> file.file() + " (" + file.samples() + " samples)")
                        .collect(Collectors.joining(", "));
        return "Model "
                + ablation.model()
                + ", calibrated on "
                + ablation.samples()
                + " samples of "
                + ablation.calibration().stream()
                        .map(files -> String.join(", ", files))
                        .collect(Collectors.joining(", then of "))
                + ", tested on "
                + tests
                + ". Draws: "
                + ablation.seeds().stream().map(String::valueOf).collect(Collectors.joining(", "))
                + ". Loss "
                + ablation.loss()
                + ", token weight "
                + ablation.tokenWeight()
                + ", texts cut after "
                + ablation.maxLength()
                + " tokens.";
    }

    private static String row(String element, List<String> cells) {
        return cells.stream()
                .map(cell -> "<" + element + ">" + escape(cell) + "</" + element + ">")
                .collect(Collectors.joining("", "<tr>", "</tr>\n"));
    }
}
