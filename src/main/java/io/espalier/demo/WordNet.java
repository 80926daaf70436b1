package io.espalier.demo;

import io.espalier.fisher.SampleHash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The noun and verb glosses of WordNet, each with its lexicographer class: real text with known
 * labels.
 *
 * <p>A line of a {@code data} file is an offset, the number of a lexicographer file (which is the
 * class), the synset, and {@code | } with the gloss. Lines that begin with a space are the licence;
 * it has to stay with whatever is kept of the data.
 *
 * @param glosses in the files' order, nouns first
 * @param licence Princeton's terms, as they head each file
 */
public record WordNet(List<Gloss> glosses, String licence) {
    private static final String FOLDER = "net/sf/extjwnl/data/wordnet/wn31/";
    private static final int FIRST_CLASS = 3;
    private static final long ORDER = 0x5eed_0002L;
    private static final Pattern EXAMPLES = Pattern.compile("[;:] \".*");

    /** The classes of nouns and verbs in the order of their numbers, which start at 3. */
    private static final List<String> LABELS =
            List.of(
                    "noun.Tops",
                    "noun.act",
                    "noun.animal",
                    "noun.artifact",
                    "noun.attribute",
                    "noun.body",
                    "noun.cognition",
                    "noun.communication",
                    "noun.event",
                    "noun.feeling",
                    "noun.food",
                    "noun.group",
                    "noun.location",
                    "noun.motive",
                    "noun.object",
                    "noun.person",
                    "noun.phenomenon",
                    "noun.plant",
                    "noun.possession",
                    "noun.process",
                    "noun.quantity",
                    "noun.relation",
                    "noun.shape",
                    "noun.state",
                    "noun.substance",
                    "noun.time",
                    "verb.body",
                    "verb.change",
                    "verb.cognition",
                    "verb.communication",
                    "verb.competition",
                    "verb.consumption",
                    "verb.contact",
                    "verb.creation",
                    "verb.emotion",
                    "verb.motion",
                    "verb.perception",
                    "verb.possession",
                    "verb.social",
                    "verb.stative",
                    "verb.weather");

    /** Copies the list. */
    public WordNet {
        glosses = List.copyOf(glosses);
    }

    /** The names of all 41 classes; a class's place is its index in the demo's model. */
    public static List<String> labels() {
        return LABELS;
    }

    /**
     * Reads the database files out of their jar.
     *
     * @throws IOException if a file is missing or a line is not of the format
     */
    public static WordNet read(Path jar) throws IOException {
        List<Gloss> glosses = new ArrayList<>();
        StringBuilder licence = new StringBuilder();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (String name : List.of("data.noun", "data.verb")) {
                ZipEntry entry = zip.getEntry(FOLDER + name);
                if (entry == null) {
                    throw new IOException(jar + " holds no " + FOLDER + name);
                }
                licence.setLength(0); // The same text heads every file.
                try (BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(
                                        zip.getInputStream(entry), StandardCharsets.UTF_8))) {
                    read(lines, name, glosses, licence);
                }
            }
        }
        return new WordNet(glosses, licence.toString());
    }

    /**
     * The glosses of one part, in an order drawn by the seed.
     *
     * @param verbs whether those of verbs or those of nouns
     */
    public List<Gloss> part(Part part, boolean verbs, long seed) {
        return glosses.stream()
                .filter(gloss -> gloss.verb() == verbs && Part.of(gloss.id(), seed) == part)
                .sorted(Comparator.comparingLong(gloss -> SampleHash.of(gloss.id(), seed ^ ORDER)))
                .toList();
    }

    private static void read(
            BufferedReader lines, String name, List<Gloss> glosses, StringBuilder licence)
            throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(" ")) {
                licence.append(line.strip().replaceFirst("^\\d+ ?", "")).append('\n');
                continue;
            }
            Gloss gloss = parse(line, name);
            if (!gloss.text().isEmpty()) {
                glosses.add(gloss);
            }
        }
    }

    /** Reads one line of a database file called {@code name}. */
    private static Gloss parse(String line, String name) throws IOException {
        String[] fields = line.split(" ", 4);
        int bar = line.indexOf("| ");
        if (fields.length < 4 || bar < 0 || !fields[1].matches("\\d\\d")) {
            throw new IOException("line of %s is no synset: %.60s".formatted(name, line));
        }
        int label = Integer.parseInt(fields[1]) - FIRST_CLASS;
        if (label < 0 || label >= LABELS.size()) {
            throw new IOException(
                    "synset %s of %s is of class %s, known are %02d to %02d"
                            .formatted(
                                    fields[0],
                                    name,
                                    fields[1],
                                    FIRST_CLASS,
                                    FIRST_CLASS + LABELS.size() - 1));
        }
        return new Gloss(
                fields[2] + fields[0], LABELS.get(label), definition(line.substring(bar + 2)));
    }

    /** A gloss up to its first example: {@code definition; definition; "example"; "example"}. */
    private static String definition(String gloss) {
        return EXAMPLES.matcher(gloss).replaceFirst("").strip();
    }
}
