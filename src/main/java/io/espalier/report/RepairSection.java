package io.espalier.report;

import java.util.ArrayList;
import java.util.List;

/** What was repaired, and what was refused and why. */
final class RepairSection {

    private RepairSection() {}

    static Element of(PruningReport report) {
        List<SublayerReport> sublayers = report.sublayers();
        List<SublayerReport> refused =
                sublayers.stream()
                        .filter(each -> !each.refusals().isEmpty() || !solved(each))
                        .toList();
        List<Element> content = new ArrayList<>();
        long solved = sublayers.stream().filter(RepairSection::solved).count();
        content.add(
                ReportPage.paragraph(
                        "Where units go, the output projection of their block is solved anew so that"
                                + " those that stay make up for them. That was done in "
                                + (solved == sublayers.size() ? "all of " : solved + " of ")
                                + Words.things(sublayers.size(), "block")
                                + (refused.isEmpty() ? "; nothing was refused." : ".")));
        if (!refused.isEmpty()) {
            Table table = new Table("block", "repair", "refused, because");
            for (SublayerReport each : refused) {
                table.row(
                        each.id(),
                        outcome(each.repair()),
                        each.refusals().isEmpty()
                                ? Words.UNKNOWN
                                : String.join("; ", each.refusals()));
            }
            content.add(table.element().with("class", "scroll words"));
        }
        return ReportPage.section("repair", "What was repaired, and what refused", content);
    }

    private static boolean solved(SublayerReport sublayer) {
        return !sublayer.repair().equals("bias-only") && !sublayer.repair().equals("unchanged");
    }

    private static String outcome(String repair) {
        return switch (repair) {
            case "resolved" -> "weights and bias solved anew";
            case "mask-values" -> "a scale for each kept unit";
            case "bias-only" -> "bias only";
            case "unchanged" -> "none: cut as it was";
            default -> repair;
        };
    }
}
