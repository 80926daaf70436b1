package io.espalier.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was repaired, and what was refused and why. */
final class RepairSection {

    private static final int MOST_NAMED = 4;

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
                                + (solved == sublayers.size() ? "all " : solved + " of ")
                                + Words.things(sublayers.size(), "block")
                                + (refused.isEmpty() ? "; nothing was refused." : ".")));
        if (!refused.isEmpty()) {
            Element list = Element.of("dl").with("class", "refused");
            grouped(refused)
                    .forEach(
                            (why, ids) ->
                                    list.add(Element.of("dt", ids(ids)), Element.of("dd", why)));
            content.add(list);
        }
        return ReportPage.section("repair", "What was repaired, and what refused", content);
    }

    /** Blocks by what was refused there and why; often it is the same in all of them. */
    private static Map<String, List<String>> grouped(List<SublayerReport> refused) {
        Map<String, List<String>> groups = new LinkedHashMap<>();
        for (SublayerReport each : refused) {
            String why =
                    outcome(each.repair())
                            + (each.refusals().isEmpty()
                                    ? ""
                                    : " Refused: " + String.join("; ", each.refusals()));
            groups.computeIfAbsent(why, key -> new ArrayList<>()).add(each.id());
        }
        return groups;
    }

    private static String ids(List<String> ids) {
        return ids.size() > MOST_NAMED ? Words.things(ids.size(), "block") : Sentence.and(ids);
    }

    private static boolean solved(SublayerReport sublayer) {
        return !sublayer.repair().equals("bias-only") && !sublayer.repair().equals("unchanged");
    }

    private static String outcome(String repair) {
        return switch (repair) {
            case "resolved" -> "Weights and bias were solved anew.";
            case "mask-values" -> "Each kept unit was given a scale.";
            case "bias-only" -> "Only the bias was solved anew.";
            case "unchanged" -> "Cut as it was, without repair.";
            default -> "Repair: " + repair + ".";
        };
    }
}
