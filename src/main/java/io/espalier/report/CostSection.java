package io.espalier.report;

import io.espalier.report.PruningReport.Comparison;
import io.espalier.report.PruningReport.Qualities;
import io.espalier.report.PruningReport.Quality;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** What it cost: the models on the same held-out samples, and the paired test. */
final class CostSection {

    private CostSection() {}

    static Element of(PruningReport report) {
        Qualities quality = report.quality();
        List<Element> content = new ArrayList<>();
        if (quality.candidate() == null && quality.dense() == null) {
            content.add(
                    ReportPage.paragraph(
                            "No samples were held out to judge this version, so nobody knows. 'espalier"
                                    + " evaluate' compares it with the dense model on labelled text;"
                                    + " a job holds samples out as espalier.held-out.share says."));
        } else {
            content.add(table(quality).element());
            content.add(
                    Element.of(
                            "p",
                            "note",
                            "All on the same samples, which took no part in the decision. Same answers:"
                                    + " share that gets the dense model's class. Divergence: mean"
                                    + " KL(dense || model), nats. Loss: mean cross-entropy of the"
                                    + " labels, nats."));
        }
        Comparison comparison = quality.comparison();
        if (comparison != null) {
            content.addAll(test(comparison));
        }
        content.add(
                ReportPage.paragraph(
                        "Times are not on this page, because they are those of a machine: 'espalier"
                                + " bench latency' measures this version beside its parent."));
        return ReportPage.section("cost", "What it cost", content);
    }

    private static Table table(Qualities quality) {
        Table table = new Table("model", "right", "same answers", "divergence", "loss", "samples");
        row(table, "dense", quality.dense(), false);
        row(table, "live before", quality.live(), false);
        row(table, "this version", quality.candidate(), true);
        return table;
    }

    private static void row(Table table, String name, @Nullable Quality quality, boolean main) {
        if (quality == null) {
            return;
        }
        String[] cells = {
            Words.percent(quality.accuracy()),
            Words.percent(quality.agreement()),
            Words.figure(quality.divergence()),
            Words.figure(quality.loss()),
            Words.count(quality.samples())
                    + (quality.labelled() == quality.samples()
                            ? ""
                            : ", " + Words.count(quality.labelled()) + " labelled")
        };
        if (main) {
            table.main(name, cells);
        } else {
            table.row(name, cells);
        }
    }

    private static List<Element> test(Comparison test) {
        Double bound = test.bound();
        Double difference = test.difference();
        List<Element> content = new ArrayList<>();
        content.add(Element.of("h3", "The test"));
        if (bound != null && difference != null) {
            String error =
                    test.measure().equals("accuracy") ? "the label" : "the dense model's answer";
            boolean passed = bound <= test.limit();
            content.add(
                    ReportPage.paragraph(
                            "An error is an answer other than "
                                    + error
                                    + ". Paired sample by sample over "
                                    + Words.count(test.samples())
                                    + ", this version's error rate differs by "
                                    + Words.points(difference)
                                    + " from the model it is compared with, and by "
                                    + Words.points(bound)
                                    + " at most, at the configured confidence. Allowed are "
                                    + Words.points(test.limit())
                                    + ": "
                                    + (passed ? "passed." : "not passed.")));
            content.add(Interval.of(difference, bound, test.limit()));
        }
        content.add(
                Element.of("p")
                        .with("class", "record")
                        .add(Element.of("span", "tag", "As recorded"))
                        .text(" " + test.verdict()));
        return content;
    }
}
