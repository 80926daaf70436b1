package io.espalier.report;

/**
 * A table whose first column names the rows and whose others hold figures; wide ones scroll by
 * themselves. Mutable, not thread-safe.
 */
final class Table {

    private final Element body = Element.of("tbody");
    private final Element head = Element.of("tr");

    /** A table with its titles. */
    Table(String... titles) {
        for (String title : titles) {
            head.add(Element.of("th", title).with("scope", "col"));
        }
    }

    /** Adds a row. */
    Table row(String name, String... cells) {
        return add(Element.of("tr"), name, cells);
    }

    /** Adds the row that the page is about. */
    Table main(String name, String... cells) {
        return add(Element.of("tr").with("class", "main"), name, cells);
    }

    private Table add(Element row, String name, String... cells) {
        row.add(Element.of("th", name).with("scope", "row"));
        for (String cell : cells) {
            row.add(Element.of("td", cell));
        }
        body.add(row);
        return this;
    }

    Element element() {
        return Element.of("div")
                .with("class", "scroll")
                .with("tabindex", "0")
                .add(Element.of("table").add(Element.of("thead").add(head), body));
    }
}
