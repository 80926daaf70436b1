package io.espalier.report;

import io.espalier.report.PruningReport.Budget;
import io.espalier.report.PruningReport.Change;
import io.espalier.report.PruningReport.Quality;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Locale;

/** What a reader takes home: two sentences, what became of the version, and three figures. */
final class Headline {

    private final PruningReport report;

    Headline(PruningReport report) {
        this.report = report;
    }

    /** The sentences alone. */
    String sentences() {
        return removed() + " " + answers();
    }

    List<Element> elements() {
        Outcome outcome = report.decision().outcome();
        return List.of(
                Element.of("p")
                        .with("class", "eyebrow")
                        .add(
                                Element.of("span", "what", "Pruning report"),
                                Element.of("span", "name", report.model()),
                                Element.of("span", "name", report.version())),
                Element.of("h1")
                        .text(removed() + " ")
                        .add(Element.of("span", "answers", answers())),
                Element.of("p")
                        .with("class", "outcome")
                        .add(Element.of("strong", outcome.label(), capital(outcome.label())))
                        .text(" " + became(outcome)),
                Element.of("div")
                        .with("class", "figures")
                        .add(budgetCard(), sizeCard(), answersCard()));
    }

    private static String capital(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    private String became(Outcome outcome) {
        return switch (outcome) {
            case PROMOTED -> "It passed the test on held-out samples and went live.";
            case CANDIDATE ->
                    "It passed the test on held-out samples; the job promotes nothing by itself, so"
                            + " it is yours to put into service.";
            case REJECTED -> rejected();
            case PUBLISHED -> "A command asked for it; nothing went live by itself.";
        };
    }

    private String rejected() {
        PruningReport.Comparison test = report.quality().comparison();
        return test == null || test.bound() == null
                ? "It did not go live" + (test == null ? "." : ": " + test.verdict() + ".")
                : "It did not pass the test on held-out samples and did not go live.";
    }

    /** What is gone of what the budget counts. */
    private String removed() {
        double removed = 1 - report.budget().achieved();
        if (removed <= 0) {
            return "Nothing is removed.";
        }
        return Words.part(removed) + " of " + Metric.of(report.budget().spec()).gone() + " gone.";
    }

    private String answers() {
        Quality candidate = report.quality().candidate();
        if (candidate == null || candidate.samples() == 0) {
            return "No held-out samples judged it: what that costs in answers is not known.";
        }
        Double agreement = candidate.agreement();
        String answers =
                "On "
                        + Words.things(candidate.samples(), "held-out sample")
                        + (agreement == null
                                ? " the dense model's answers are not known"
                                : " the model answers as the dense one does on "
                                        + (agreement == 1
                                                ? "every one"
                                                : Words.percent(agreement)));
        return answers + right(candidate) + ".";
    }

    private String right(Quality candidate) {
        Quality dense = report.quality().dense();
        if (candidate.accuracy() == null || dense == null || dense.accuracy() == null) {
            return "";
        }
        String labelled =
                candidate.labelled() == candidate.samples()
                        ? "; it"
                        : "; of the " + Words.count(candidate.labelled()) + " with a label it";
        return labelled
                + " is right on "
                + Words.percent(candidate.accuracy())
                + ", the dense model on "
                + Words.percent(dense.accuracy());
    }

    private Element budgetCard() {
        Budget budget = report.budget();
        return card(
                Metric.of(budget.spec()).title() + " kept",
                Words.percent(budget.achieved()),
                budget.achieved(),
                budget.target(),
                List.of(
                        "of " + Words.percent(budget.target()) + " allowed",
                        sizes(budgetMetric())));
    }

    private Element sizeCard() {
        Metric other = budgetMetric() == Metric.PARAMS ? Metric.MACS : Metric.PARAMS;
        double share = change(other).share();
        return card(
                other.title() + " kept",
                Words.percent(share),
                share,
                null,
                other == Metric.PARAMS
                        ? List.of(sizes(other), "weights file " + bytes())
                        : List.of(sizes(other), "parameters " + sizes(Metric.PARAMS)));
    }

    private Metric budgetMetric() {
        return Metric.of(report.budget().spec());
    }

    private Change change(Metric metric) {
        return metric == Metric.PARAMS ? report.totals().parameters() : report.totals().macs();
    }

    private String sizes(Metric metric) {
        return switch (metric) {
            case LATENCY -> "by the latency table the search was given";
            case MACS ->
                    fromTo(change(metric))
                            + " a sample of "
                            + Words.figure(report.window().meanLength())
                            + " tokens";
            case PARAMS -> fromTo(change(metric));
        };
    }

    private static String fromTo(Change change) {
        return fromTo(Words.scaled(change.before()), Words.scaled(change.after()));
    }

    /** The unit stands once if it is the same. */
    private static String fromTo(String before, String after) {
        String unit = before.substring(before.indexOf(' ') + 1);
        return before.contains(" ") && after.endsWith(" " + unit)
                ? before.substring(0, before.indexOf(' ')) + " → " + after
                : before + " → " + after;
    }

    private String bytes() {
        Change bytes = report.totals().bytes();
        return fromTo(Words.bytes(bytes.before()), Words.bytes(bytes.after()));
    }

    private Element answersCard() {
        Quality candidate = report.quality().candidate();
        if (candidate == null || candidate.agreement() == null) {
            return card("Same answers", Words.UNKNOWN, null, null, List.of("not judged"));
        }
        return card(
                "Same answers as dense",
                Words.percent(candidate.agreement()),
                candidate.agreement(),
                null,
                List.of(
                        "on " + Words.things(candidate.samples(), "held-out sample"),
                        "divergence " + Words.figure(candidate.divergence()) + " nats"));
    }

    private static Element card(
            String label,
            String figure,
            @Nullable Double share,
            @Nullable Double mark,
            List<String> details) {
        Element card =
                Element.of("div")
                        .with("class", "figure")
                        .add(Element.of("p", "label", label), Element.of("p", "number", figure));
        card.add(Meter.of(share == null ? 0 : share, mark));
        details.forEach(detail -> card.add(Element.of("p", "detail", detail)));
        return card;
    }
}
