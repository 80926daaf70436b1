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
                            "No samples were held out to judge this version, so nobody knows."
                                    + " `bin/espalier evaluate` compares it with the dense model on"
                                    + " labelled text; a job holds out what"
                                    + " `espalier.held-out.share` says."));
        } else {
            content.add(table(quality).element());
            content.add(Element.of("p", "note", note(quality)));
        }
        Comparison comparison = quality.comparison();
        if (comparison != null) {
            content.addAll(test(comparison, report.decision().reason()));
        }
        content.add(
                ReportPage.paragraph(
                        "Times are not on this page, because they are those of a machine:"
                                + " `bin/espalier bench latency` measures this version beside its"
                                + " parent."));
        return ReportPage.section("cost", "What it cost", content);
    }

    private static String note(Qualities quality) {
        Quality any = quality.candidate() == null ? quality.dense() : quality.candidate();
        long samples = any == null ? 0 : any.samples();
        long labelled = any == null ? 0 : any.labelled();
        return "All on the same "
                + Words.things(samples, "sample")
                + (labelled == samples
                        ? ", all labelled"
                        : labelled == 0
                                ? ", none with a label"
                                : ", " + Words.count(labelled) + " of them with a label")
                + ", which took no part in the decision. Same answers: share that gets the dense"
                + " model's class. Divergence: mean KL(dense || model), nats. Accuracy and loss (mean"
                + " cross-entropy, nats) are over the labelled ones.";
    }

    private static String often(double difference, String than, String as) {
        String points = Words.points(difference);
        return points.startsWith("0.0")
                ? "as often" + as
                : points.substring(1) + (difference < 0 ? " less often" : " more often") + than;
    }

    private static Table table(Qualities quality) {
        Table table = new Table("model", "accuracy", "same answers", "divergence", "loss");
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
            Words.figure(quality.loss())
        };
        if (main) {
            table.main(name, cells);
        } else {
            table.row(name, cells);
        }
    }

    private static List<Element> test(Comparison test, String reason) {
        Double bound = test.bound();
        Double difference = test.difference();
        List<Element> content = new ArrayList<>();
        content.add(Element.of("h3", "The test"));
        if (bound != null && difference != null) {
            content.add(
                    ReportPage.paragraph(
                            "An error is any answer but "
                                    + (test.measure().equals("accuracy")
                                            ? "the label"
                                            : "the dense model's")
                                    + ". Counted sample by sample over the same "
                                    + Words.count(test.samples())
                                    + ", this version errs "
                                    + often(difference, " than", " as")
                                    + " the model it is compared with; at worst, at the configured"
                                    + " confidence, "
                                    + often(bound, "", "")
                                    + ". The limit is "
                                    + Words.points(test.limit())
                                    + ": "
                                    + (bound <= test.limit() ? "passed." : "not passed.")));
            content.add(Interval.of(difference, bound, test.limit()));
        } else {
            content.add(ReportPage.paragraph("There was none: " + test.verdict() + "."));
            return content;
        }
        if (!reason.contains(test.verdict())) {
            content.add(
                    Element.of("p")
                            .with("class", "record")
                            .add(Element.of("span", "tag", "As recorded"))
                            .text(" " + test.verdict()));
        }
        return content;
    }
}
