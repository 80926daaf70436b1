package io.espalier.report;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/**
 * The page on one published version: what was pruned, why, and what it cost.
 *
 * <p>One file that needs no other and no network, without scripts; a policy in its head forbids
 * whatever it does not have itself. It is well-formed XML, and all text in it is escaped.
 */
public final class ReportPage {

    private ReportPage() {}

    /** What a reader takes home, in two sentences. */
    public static String headline(PruningReport report) {
        return new Headline(report).sentences();
    }

    /** The page; equal reports give equal pages. */
    public static String html(PruningReport report) {
        Headline headline = new Headline(report);
        Element head =
                Element.of("head")
                        .add(
                                Element.of("meta").with("charset", "utf-8"),
                                Element.of("meta")
                                        .with("http-equiv", "Content-Security-Policy")
                                        .with("content", policy()),
                                Element.of("meta")
                                        .with("name", "viewport")
                                        .with("content", "width=device-width, initial-scale=1"),
                                Element.of("meta")
                                        .with("name", "color-scheme")
                                        .with("content", "light dark"),
                                Element.of("title", report.model() + " " + report.version()),
                                Element.of("style", PageStyle.TEXT));
        Element body =
                Element.of("body")
                        .add(
                                Element.of("header").add(headline.elements()),
                                Element.of("main")
                                        .add(
                                                KeptSection.of(report),
                                                ReasonSection.of(report),
                                                CostSection.of(report),
                                                RepairSection.of(report),
                                                LoadSection.of(report)),
                                Element.of("footer").add(ProvenanceSection.of(report)));
        return "<!DOCTYPE html>\n"
                + Element.of("html")
                        .with("lang", "en")
                        .with("xmlns", "http://www.w3.org/1999/xhtml")
                        .add(head, body)
                + "\n";
    }

    /** Nothing from anywhere but the one style sheet of the page. */
    private static String policy() {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(PageStyle.TEXT.getBytes(StandardCharsets.UTF_8));
            return "default-src 'none'; style-src 'sha256-"
                    + Base64.getEncoder().encodeToString(digest)
                    + "'; base-uri 'none'; form-action 'none'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** A part of the page with its heading. */
    static Element section(String id, String heading, List<Element> content) {
        return Element.of("section")
                .with("aria-labelledby", id)
                .add(Element.of("h2", heading).with("id", id))
                .add(content);
    }

    /** A paragraph; what stands between backquotes is code. */
    static Element paragraph(String text) {
        Element paragraph = Element.of("p");
        String[] pieces = text.split("`", -1);
        for (int i = 0; i < pieces.length; i++) {
            paragraph.text(i % 2 == 0 ? pieces[i] : "");
            if (i % 2 == 1) {
                paragraph.add(Element.of("code", pieces[i]));
            }
        }
        return paragraph;
    }
}
