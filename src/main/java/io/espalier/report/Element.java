package io.espalier.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An element of XHTML or SVG. Text and attributes are escaped when it is written, and there is no
 * way around that; what is written is well-formed XML and reads the same as HTML.
 *
 * <p>Between elements that have no text beside them stands a line feed. Characters that XML does
 * not know, and those that turn the direction of a line, become U+FFFD. Mutable, not thread-safe.
 */
final class Element {

    /** Elements of HTML that never have content, and alone have no end. */
    private static final Set<String> VOID = Set.of("meta", "br", "link");

    /** Elements of SVG, written short when they are empty. */
    private static final Set<String> SHAPES = Set.of("rect", "path", "line", "circle");

    private final String name;
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final List<Object> children = new ArrayList<>();
    private boolean mixed;

    private Element(String name) {
        this.name = name;
    }

    /** An element without content. */
    static Element of(String name) {
        return new Element(name);
    }

    /** An element with text. */
    static Element of(String name, String text) {
        return new Element(name).text(text);
    }

    /** An element of a class, with text. */
    static Element of(String name, String cssClass, String text) {
        return of(name, text).with("class", cssClass);
    }

    /** Sets an attribute; numbers are written as they are. */
    Element with(String attribute, Object value) {
        attributes.put(attribute, String.valueOf(value));
        return this;
    }

    /** Adds text. */
    Element text(String text) {
        children.add(text);
        mixed = true;
        return this;
    }

    /** Adds elements. */
    Element add(Element... elements) {
        children.addAll(List.of(elements));
        return this;
    }

    /** Adds elements. */
    Element add(List<Element> elements) {
        children.addAll(elements);
        return this;
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        write(out);
        return out.toString();
    }

    private void write(StringBuilder out) {
        out.append('<').append(name);
        attributes.forEach(
                (attribute, value) ->
                        out.append(' ')
                                .append(attribute)
                                .append("=\"")
                                .append(escape(value, true))
                                .append('"'));
        if (children.isEmpty() && (VOID.contains(name) || SHAPES.contains(name))) {
            out.append("/>");
            return;
        }
        out.append('>');
        for (Object child : children) {
            if (!mixed) {
                out.append('\n');
            }
            if (child instanceof Element element) {
                element.write(out);
            } else {
                out.append(escape(child.toString(), false));
            }
        }
        if (!mixed && !children.isEmpty()) {
            out.append('\n');
        }
        out.append("</").append(name).append('>');
    }

    private static String escape(String text, boolean attribute) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(point -> escape(point, attribute, escaped));
        return escaped.toString();
    }

    private static void escape(int point, boolean attribute, StringBuilder out) {
        switch (point) {
            case '&' -> out.append("&amp;");
            case '<' -> out.append("&lt;");
            case '>' -> out.append("&gt;");
            case '"' -> out.append(attribute ? "&quot;" : "\"");
            default -> out.appendCodePoint(isPlain(point) ? point : 0xFFFD);
        }
    }

    private static boolean isPlain(int point) {
        if (point == '\n' || point == '\t') {
            return true;
        }
        boolean turns =
                (point >= 0x202A && point <= 0x202E)
                        || (point >= 0x2066 && point <= 0x2069)
                        || point == 0x200E
                        || point == 0x200F;
        boolean known =
                (point >= 0x20 && point < 0x7F)
                        || (point >= 0xA0 && point <= 0xD7FF)
                        || (point >= 0xE000 && point <= 0xFFFD)
                        || point >= 0x10000;
        return known && !turns;
    }
}
