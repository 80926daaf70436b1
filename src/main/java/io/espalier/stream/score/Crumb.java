package io.espalier.stream.score;

import io.espalier.wire.codec.Origin;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The inputs of a micro-batch that native code was about to be given, as a small text file.
 *
 * <pre>
 *   espalier-crumb 1 batch            or: alone
 *   &lt;topic&gt; &lt;partition&gt; &lt;offset&gt;      one line each
 *   end
 * </pre>
 *
 * <p>Reading believes nothing: what is not exactly of this form is no crumb. A file that was cut
 * off is of a process that died before it called native code.
 *
 * @param alone whether no other native code of ours ran in the process meanwhile
 * @param places where the inputs stood; at least one, at most {@link #MAX_PLACES}
 */
record Crumb(boolean alone, List<Place> places) {

    static final int MAX_PLACES = 1 << 14;

    private static final String ALONE = "espalier-crumb 1 alone";
    private static final String BATCH = "espalier-crumb 1 batch";
    private static final String LAST = "end";
    private static final Pattern LINE =
            Pattern.compile("([A-Za-z0-9._-]{1,249}) (\\d{1,9}) (\\d{1,18})");

    /** Size that no crumb exceeds. */
    static final int MAX_BYTES = MAX_PLACES * 280;

    /**
     * Where an input stood.
     *
     * @param topic its topic
     * @param partition its partition
     * @param offset its offset in the partition
     */
    record Place(String topic, int partition, long offset) {

        static Place of(Origin origin) {
            return new Place(origin.topic(), origin.partition(), origin.offset());
        }
    }

    /** Copies the list, checks its size. */
    Crumb {
        places = List.copyOf(places);
        if (places.isEmpty() || places.size() > MAX_PLACES) {
            throw new IllegalArgumentException(
                    "crumb of " + places.size() + " places; it holds 1 to " + MAX_PLACES);
        }
    }

    byte[] toBytes() {
        StringBuilder text = new StringBuilder(alone ? ALONE : BATCH).append('\n');
        for (Place place : places) {
            text.append(place.topic())
                    .append(' ')
                    .append(place.partition())
                    .append(' ')
                    .append(place.offset())
                    .append('\n');
        }
        return text.append(LAST).append('\n').toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** The crumb of a file; empty for a file that is none. */
    static Optional<Crumb> parse(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.US_ASCII);
        String[] lines = text.split("\n", -1);
        boolean alone = lines[0].equals(ALONE);
        if (!(alone || lines[0].equals(BATCH)) || !text.endsWith("\n" + LAST + "\n")) {
            return Optional.empty();
        }
        List<Place> places = new ArrayList<>();
        for (int i = 1; i < lines.length - 2; i++) {
            Matcher line = LINE.matcher(lines[i]);
            if (places.size() >= MAX_PLACES || !line.matches()) {
                return Optional.empty();
            }
            places.add(
                    new Place(
                            line.group(1),
                            Integer.parseInt(line.group(2)),
                            Long.parseLong(line.group(3))));
        }
        return places.isEmpty() ? Optional.empty() : Optional.of(new Crumb(alone, places));
    }
}
