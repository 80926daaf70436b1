package io.espalier.report;

import java.util.List;

/** Where the version comes from: everything that tells it from others. */
final class ProvenanceSection {

    private ProvenanceSection() {}

    static Element of(PruningReport report) {
        Element list = Element.of("dl").with("class", "provenance");
        fact(list, "model", report.model());
        fact(list, "version", report.version());
        fact(list, "decision", report.decision().id());
        fact(list, "parent", report.parent());
        fact(list, "budget", report.budget().spec());
        fact(list, "window", Words.span(report.window().start(), report.window().end()));
        fact(list, "profile", report.decision().profile());
        fact(list, "loss", report.decision().loss());
        fact(list, "written by", report.tool());
        return ReportPage.section(
                "provenance",
                "Provenance",
                List.of(
                        list,
                        Element.of("p")
                                .with("class", "note")
                                .text("The same facts for programs: ")
                                .add(Element.of("code", PruningReport.FILE))
                                .text(". Whether the files are those that were published: ")
                                .add(Element.of("code", "bin/espalier verify " + report.version()))
                                .text(".")));
    }

    private static void fact(Element list, String name, String value) {
        list.add(Element.of("dt", name), Element.of("dd", value));
    }
}
