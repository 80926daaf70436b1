package io.espalier.report;

import io.espalier.report.PruningReport.Format;

import java.util.ArrayList;
import java.util.List;

/** How to load what is there, and why the rest is not. */
final class LoadSection {

    private LoadSection() {}

    static Element of(PruningReport report) {
        List<Element> content = new ArrayList<>();
        List<Format> written = report.formats().stream().filter(Format::written).toList();
        List<Format> omitted =
                report.formats().stream().filter(format -> !format.written()).toList();
        if (written.isEmpty()) {
            content.add(ReportPage.paragraph("No format was written that a runtime loads."));
        }
        for (Format format : written) {
            content.add(format(format, report));
        }
        if (!omitted.isEmpty()) {
            content.add(Element.of("h3", "Not written"));
            Element list = Element.of("dl").with("class", "omitted");
            for (Format format : omitted) {
                list.add(
                        Element.of("dt").add(Element.of("code", format.name() + "/")),
                        Element.of("dd", String.valueOf(format.reason())));
            }
            content.add(list);
        }
        return ReportPage.section("load", "How to load it", content);
    }

    private static Element format(Format format, PruningReport report) {
        Snippet snippet = Snippet.of(format.name(), report);
        Element heading = Element.of("h3").add(Element.of("code", format.name() + "/"));
        heading.text(" " + snippet.about());
        if (format.bytes() != null) {
            heading.text(" ").add(Element.of("span", "size", Words.bytes(format.bytes())));
        }
        Element element = Element.of("div").with("class", "format").add(heading);
        if (!snippet.code().isEmpty()) {
            element.add(
                    Element.of("pre")
                            .with("tabindex", "0")
                            .text("")
                            .add(Element.of("code", snippet.code())));
        }
        return element;
    }
}
