package io.espalier.artifact;

import java.util.regex.Pattern;

/** The names that may become folder names. */
final class Ids {

    private static final String RULE = "[a-z0-9][a-z0-9._-]{0,63}";
    private static final Pattern PATTERN = Pattern.compile(RULE);

    private Ids() {}

    /** Returns the name, or refuses it. */
    static String require(String what, String id) {
        if (!PATTERN.matcher(id).matches() || id.contains("..")) {
            String head = id.substring(0, Math.min(80, id.length()));
            throw new IllegalArgumentException(
                    what
                            + " '"
                            + head.replaceAll("\\p{Cntrl}", "?")
                            + "' must match "
                            + RULE
                            + " without '..'");
        }
        return id;
    }
}
