package io.espalier.cli;

/** Text of files that are inspected, as it may go to a terminal: without what steers one. */
final class PlainText {

    private static final int MOST = 500;

    private PlainText() {}

    /** The text in one line; control and direction characters become question marks. */
    static String of(String text) {
        String head = text.substring(0, Math.min(MOST, text.length()));
        return head.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?")
                + (text.length() > MOST ? "..." : "");
    }
}
