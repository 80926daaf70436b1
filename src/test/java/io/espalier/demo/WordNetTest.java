package io.espalier.demo;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Reads excerpts made up in the database's format. */
class WordNetTest {
    private static final String FOLDER = "net/sf/extjwnl/data/wordnet/wn31/";
    private static final String LICENCE =
            "  1 Use it as you like.  \n  2   \n  3 Keep this text.  \n";
    private static final String NOUN =
            "00000101 05 n 01 gribble 0 001 @ 00000001 n 0000 | a small animal; lives in wood;"
                    + " \"the gribble; it gnaws\"; \"gribbles\"  \n";
    private static final String VERB =
            "00000202 38 v 01 amble 0 001 @ 00000001 v 0000 01 + 02 00 | walk \"easily\" and slowly"
                    + ": \"they ambled\"  \n";

    @TempDir private Path directory;

    @Test
    void readsClassAndDefinitionWithoutExamples() throws IOException {
        WordNet wordNet = read(LICENCE + NOUN, LICENCE + VERB);

        assertThat(wordNet.glosses())
                .containsExactly(
                        new Gloss("n00000101", "noun.animal", "a small animal; lives in wood"),
                        new Gloss("v00000202", "verb.motion", "walk \"easily\" and slowly"));
        assertThat(wordNet.glosses()).extracting(Gloss::verb).containsExactly(false, true);
    }

    @Test
    void keepsTheLicenceOnceAndWithoutLineNumbers() throws IOException {
        assertThat(read(LICENCE + NOUN, LICENCE + VERB).licence())
                .isEqualTo("Use it as you like.\n\nKeep this text.\n");
    }

    @Test
    void namesTheClassesByTheirNumbers() throws IOException {
        assertThat(WordNet.labels()).hasSize(41).doesNotHaveDuplicates();
        assertThat(labelOf("03")).isEqualTo("noun.Tops");
        assertThat(labelOf("28")).isEqualTo("noun.time");
        assertThat(labelOf("29")).isEqualTo("verb.body");
        assertThat(labelOf("43")).isEqualTo("verb.weather");
    }

    @Test
    void refusesAClassThatIsNeitherOfNounsNorOfVerbs() {
        assertThatThrownBy(() -> labelOf("44"))
                .isInstanceOf(IOException.class)
                .hasMessage("synset 00000101 of data.noun is of class 44, known are 03 to 43");
    }

    @Test
    void refusesALineWithoutAGloss() {
        assertThatThrownBy(() -> read("00000101 05 n 01 gribble\n", VERB))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("data.noun")
                .hasMessageContaining("gribble");
    }

    @Test
    void namesAMissingFile() throws IOException {
        Path jar =
                Jars.write(
                        directory.resolve("nouns.jar"), Map.of(FOLDER + "data.noun", bytes(NOUN)));

        assertThatThrownBy(() -> WordNet.read(jar))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("data.verb");
    }

    @Test
    void splitsIntoThreePartsThatDependOnTheSeedOnly() {
        List<Gloss> glosses = new ArrayList<>();
        for (int i = 0; i < 4000; i++) {
            glosses.add(new Gloss("n" + i, "noun.animal", "text"));
        }
        WordNet wordNet = new WordNet(glosses, "");

        List<Gloss> all = new ArrayList<>();
        for (Part part : Part.values()) {
            all.addAll(wordNet.part(part, false, 1));
        }

        assertThat(all).containsExactlyInAnyOrderElementsOf(glosses);
        List<Gloss> training = wordNet.part(Part.PROBE_TRAINING, false, 1);
        assertThat(training.size()).isBetween(900, 1100);
        assertThat(wordNet.part(Part.PROBE_HELD_OUT, false, 1).size()).isBetween(330, 470);
        assertThat(new WordNet(glosses, "").part(Part.PROBE_TRAINING, false, 1))
                .isEqualTo(training);
        assertThat(wordNet.part(Part.PROBE_TRAINING, false, 2)).isNotEqualTo(training);
        assertThat(wordNet.part(Part.STREAM, true, 1)).isEmpty();
    }

    private String labelOf(String number) throws IOException {
        return read(NOUN.replace(" 05 ", " " + number + " "), VERB).glosses().get(0).label();
    }

    private WordNet read(String nouns, String verbs) throws IOException {
        return WordNet.read(
                Jars.write(
                        directory.resolve("wordnet.jar"),
                        Map.of(
                                FOLDER + "data.noun", bytes(nouns),
                                FOLDER + "data.verb", bytes(verbs))));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
