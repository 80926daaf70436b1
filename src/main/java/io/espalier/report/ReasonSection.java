package io.espalier.report;

import io.espalier.mask.SublayerKind;
import io.espalier.report.PruningReport.Decision;
import io.espalier.report.PruningReport.Drift;
import io.espalier.report.PruningReport.PredictedErrors;
import io.espalier.report.PruningReport.Window;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** Why now, and why so: trigger, drift, kind of update, predicted errors. */
final class ReasonSection {

    private ReasonSection() {}

    static Element of(PruningReport report) {
        List<Element> content = new ArrayList<>();
        content.add(ReportPage.paragraph(trigger(report) + " " + samples(report.window())));
        content.addAll(drift(report.drift()));
        content.addAll(update(report.decision()));
        content.add(
                Element.of("p")
                        .with("class", "record")
                        .add(Element.of("span", "tag", "As recorded"))
                        .text(" " + report.decision().reason()));
        return ReportPage.section("reason", "Why now", content);
    }

    private static String trigger(PruningReport report) {
        String trigger = report.decision().trigger();
        if (trigger == null) {
            return "A command asked for it once.";
        }
        return switch (trigger) {
            case "first" ->
                    "Nothing was live for the budget "
                            + report.budget().spec()
                            + " yet, so the first window with enough samples was decided.";
            case "drift" ->
                    "The traffic has left what the live model was made for"
                            + farthest(report.drift())
                            + ".";
            case "schedule" -> "The configured period since the last decision had passed.";
            case "forced" -> "An operator asked for a decision.";
            default -> "The trigger was '" + trigger + "'.";
        };
    }

    /** The kind of unit that stands out most above its noise. */
    private static String farthest(List<Drift> drifts) {
        Drift farthest = null;
        double most = 0;
        for (Drift drift : drifts) {
            Double ratio = ratio(drift);
            if (ratio != null && ratio > most) {
                farthest = drift;
                most = ratio;
            }
        }
        return farthest == null
                ? ""
                : ": which "
                        + plural(farthest.kind())
                        + " matter has shifted by "
                        + Words.figure(farthest.distance())
                        + ", where chance alone explains "
                        + Words.figure(farthest.noiseFloor());
    }

    private static @Nullable Double ratio(Drift drift) {
        Double distance = drift.distance();
        Double floor = drift.noiseFloor();
        return distance == null || floor == null || floor <= 0 ? null : (Double) (distance / floor);
    }

    private static String plural(String kind) {
        return kind.equals(SublayerKind.FFN.label()) ? "neurons" : "heads";
    }

    private static String samples(Window window) {
        String worth =
                Math.round(window.effectiveSamples()) == window.samples()
                        ? ""
                        : " (worth "
                                + Words.count(Math.round(window.effectiveSamples()))
                                + " after forgetting)";
        return "The decision rests on "
                + Words.things(window.samples(), "sample")
                + " of the traffic"
                + worth
                + ", "
                + Words.figure(window.meanLength())
                + " tokens long on average. "
                + (window.heldOutSamples() == 0
                        ? "None was held out to judge the result."
                        : Words.things(window.heldOutSamples(), "other")
                                + " took no part in it and "
                                + (window.heldOutSamples() == 1 ? "judges" : "judge")
                                + " the result.");
    }

    private static List<Element> drift(List<Drift> drifts) {
        boolean compared =
                drifts.stream().anyMatch(each -> each.distance() != null || each.cosine() != null);
        if (!compared) {
            return List.of();
        }
        Table table = new Table("units", "distance", "noise", "ratio", "cosine", "trace", "moved");
        for (Drift drift : drifts) {
            table.row(
                    plural(drift.kind()),
                    Words.figure(drift.distance()),
                    Words.figure(drift.noiseFloor()),
                    Words.figure(ratio(drift)),
                    Words.figure(drift.cosine()),
                    Words.figure(drift.trace()),
                    Words.percent(drift.moved()));
        }
        return List.of(
                table.element(),
                Element.of(
                        "p",
                        "note",
                        "Since the live model was made. Distance: how far apart importance lies over"
                                + " the units, then and now, from 0 to 1. Noise: what two halves of one window are apart. Cosine:"
                                + " of the Fisher diagonals, 1 for the same direction. Trace: of that diagonal,"
                                + " nats a sample. Moved: kept units that are not those of the live"
                                + " model."));
    }

    private static List<Element> update(Decision decision) {
        List<Element> content = new ArrayList<>();
        PredictedErrors errors = decision.predicted();
        String update =
                decision.update() == null
                        ? ""
                        : switch (decision.update()) {
                            case "re-mask" ->
                                    "The structure was chosen anew, and with it every projection"
                                            + " (re-mask).";
                            case "re-tune" ->
                                    "The structure of the live model stays; its projections were"
                                            + " solved anew (re-tune).";
                            default -> "The update is a " + decision.update() + ".";
                        };
        if (errors.live() == null && errors.retuned() == null) {
            String best =
                    errors.best() == null
                            ? ""
                            : " The statistics predict that it costs "
                                    + Words.figure(errors.best())
                                    + " nats a sample.";
            if (!(update + best).isEmpty()) {
                content.add(ReportPage.paragraph((update + best).strip()));
            }
            return content;
        }
        content.add(
                ReportPage.paragraph(
                        update
                                + " What the statistics predict each choice to cost on this traffic:"));
        Bars bars = new Bars();
        bars.add("live model as it is", errors.live());
        bars.add("its structure, re-tuned", errors.retuned());
        bars.add("best new structure", errors.best());
        content.add(bars.element("nats a sample"));
        return content;
    }
}
