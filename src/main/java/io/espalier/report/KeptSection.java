package io.espalier.report;

import io.espalier.mask.SublayerKind;

import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.List;

/** What is kept: totals in words, the picture, and the numbers of each sublayer. */
final class KeptSection {

    private KeptSection() {}

    static Element of(PruningReport report) {
        List<SublayerReport> sublayers = report.sublayers();
        List<Element> content = new ArrayList<>();
        content.add(
                ReportPage.paragraph(
                        "Pruning takes out the attention heads and feed-forward neurons that this"
                                + " traffic needs least. Nothing is retrained."));
        content.add(
                ReportPage.paragraph(totals(sublayers) + spread(sublayers) + emptied(sublayers)));
        int step = report.budget().roundTo();
        if (step > 1 && areMultiples(sublayers, step)) {
            content.add(
                    ReportPage.paragraph(
                            "The numbers of kept neurons are multiples of "
                                    + step
                                    + ", widths that run fast."));
        }
        if (!sublayers.isEmpty()) {
            StructurePicture picture =
                    StructurePicture.of(sublayers.stream().map(SublayerReport::keptUnits).toList());
            content.add(
                    Element.of("figure")
                            .add(
                                    picture.drawing(StructureSvg.Layout.WIDE),
                                    picture.drawing(StructureSvg.Layout.NARROW)));
            content.add(numbers(sublayers));
        }
        return ReportPage.section("kept", "What is kept", content);
    }

    private static boolean areMultiples(List<SublayerReport> sublayers, int step) {
        return of(sublayers, SublayerKind.FFN).stream()
                .allMatch(each -> each.kept().size() % step == 0);
    }

    private static String totals(List<SublayerReport> sublayers) {
        return "Kept are "
                + kept(sublayers, SublayerKind.ATTENTION, "attention heads")
                + " and "
                + kept(sublayers, SublayerKind.FFN, "feed-forward neurons")
                + ".";
    }

    private static String kept(List<SublayerReport> sublayers, SublayerKind kind, String name) {
        List<SublayerReport> ofKind = of(sublayers, kind);
        long kept = ofKind.stream().mapToLong(each -> each.kept().size()).sum();
        long units = ofKind.stream().mapToLong(SublayerReport::units).sum();
        return Words.count(kept) + " of " + Words.count(units) + " " + name;
    }

    private static List<SublayerReport> of(List<SublayerReport> sublayers, SublayerKind kind) {
        return sublayers.stream().filter(each -> each.kind().equals(kind.label())).toList();
    }

    /** Where most and fewest neurons are left, if that is not the same. */
    private static String spread(List<SublayerReport> sublayers) {
        List<SublayerReport> ffn = of(sublayers, SublayerKind.FFN);
        IntSummaryStatistics kept =
                ffn.stream().mapToInt(each -> each.kept().size()).summaryStatistics();
        return kept.getMax() <= kept.getMin()
                ? ""
                : " Most neurons stay in "
                        + layers(ffn, kept.getMax())
                        + ", fewest in "
                        + layers(ffn, kept.getMin())
                        + ".";
    }

    private static String layers(List<SublayerReport> sublayers, int kept) {
        List<String> layers =
                sublayers.stream()
                        .filter(each -> each.kept().size() == kept)
                        .map(each -> Integer.toString(each.layer()))
                        .toList();
        String each = layers.size() > 1 ? " each)" : ")";
        return (layers.size() > 1 ? "layers " : "layer ")
                + Sentence.and(layers)
                + " ("
                + Words.small(kept)
                + each;
    }

    private static String emptied(List<SublayerReport> sublayers) {
        List<String> empty =
                sublayers.stream()
                        .filter(each -> each.kept().isEmpty())
                        .map(
                                each ->
                                        (each.kind().equals(SublayerKind.FFN.label())
                                                        ? "the feed-forward network"
                                                        : "the attention")
                                                + " of layer "
                                                + each.layer())
                        .toList();
        return empty.isEmpty() ? "" : " Nothing but a bias is left of " + Sentence.and(empty) + ".";
    }

    private static Element numbers(List<SublayerReport> sublayers) {
        Table table = new Table("block", "kept", "of", "parameters before", "parameters after");
        for (SublayerReport each : sublayers) {
            table.row(
                    each.id(),
                    Words.count(each.kept().size()),
                    Words.count(each.units()),
                    Words.count(each.parameters().before()),
                    Words.count(each.parameters().after()));
        }
        return Element.of("details")
                .add(Element.of("summary", "All numbers, block by block"), table.element());
    }
}
