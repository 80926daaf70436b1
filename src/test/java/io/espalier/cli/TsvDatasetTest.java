package io.espalier.cli;

import io.espalier.wire.codec.Labels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Files that are read, and those that are refused with place and remedy. */
class TsvDatasetTest {

    private static final Labels LABELS = new Labels(List.of("negative", "positive"));

    private final Path file;

    TsvDatasetTest(@TempDir Path directory) {
        file = directory.resolve("data.tsv");
    }

    @Test
    void readsLabelsByNameAndIndexAndKeepsTextsAsTheyAre() throws IOException {
        assertThat(read("label\ttext\npositive\t\"quoted\" \uD83C\uDF33 \n0\tplain\n").examples())
                .containsExactly(
                        new TsvDataset.Example(2, 1, "\"quoted\" \uD83C\uDF33 ", null),
                        new TsvDataset.Example(3, 0, "plain", null));
    }

    @Test
    void readsPairsInAnyOrderOfColumns() throws IOException {
        assertThat(read("text2\tlabel\ttext\nb\t1\ta\n").examples())
                .containsExactly(new TsvDataset.Example(2, 1, "a", "b"));
    }

    @Test
    void readsByteOrderMarkCarriageReturnsAndALastLineWithoutEnd() throws IOException {
        assertThat(read("\uFEFFlabel\ttext\r\n1\ta\r\n0\tb").examples())
                .containsExactly(
                        new TsvDataset.Example(2, 1, "a", null),
                        new TsvDataset.Example(3, 0, "b", null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | 'is empty; needs a header label<TAB>text[<TAB>text2] and a line per example'",
                "'label\ttext\n' | 'has a header and no examples; add a line per example'",
                "'text\nx\n' | 'line 1: column ''label'' is missing; it has 1 columns, the header must"
                        + " be label<TAB>text[<TAB>text2]'",
                "'label,text\n0,x\n' | 'line 1: column ''label,text'' is unknown; it has 1 columns,"
                        + " the header must be label<TAB>text[<TAB>text2]'",
                "'label\ttext\ttext\n0\tx\ty\n' | 'line 1: column ''text'' is there twice; it has 3"
                        + " columns, the header must be label<TAB>text[<TAB>text2]'",
                "'label\ttext\n0\ta\n1\n' | 'line 3 has 1 columns, the header has 2; a text may contain"
                        + " no tab or line break'",
                "'label\ttext\n0\ta\tb\n' | 'line 2 has 3 columns, the header has 2; a text may contain"
                        + " no tab or line break'",
                "'label\ttext\n0\ta\nneutral\tb\n' | 'line 3, column label: ''neutral'' is no class of"
                        + " the model; use negative, positive or an index from 0 to 1'",
                "'label\ttext\n2\ta\n' | 'line 2, column label: ''2'' is no class of the model; use"
                        + " negative, positive or an index from 0 to 1'",
                "'label\ttext\n0\t \n' | 'line 2, column text is empty; remove the line'",
                "'label\ttext\ttext2\n0\ta\t\n' | 'line 2, column text2 is empty; remove the line'"
            })
    void aMalformedFileIsRefusedWithPlaceAndRemedy(String content, String reason) {
        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() -> read(content))
                .satisfies(e -> assertThat(e.getMessage()).isEqualTo(file + ": " + reason));
    }

    @Test
    void aFileThatIsNotUtf8IsRefusedWithTheLine() throws IOException {
        String content = "label\ttext\n0\ta\n1\td\u00e9j\u00e0 vu\n";
        Files.writeString(file, content, StandardCharsets.UTF_8);
        assertThat(TsvDataset.read(file, LABELS).examples()).hasSize(2);
        Files.writeString(file, content, StandardCharsets.ISO_8859_1);
        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() -> TsvDataset.read(file, LABELS))
                .withMessage(file + ": line 3 is not UTF-8; convert the file (iconv -t UTF-8)");
    }

    @Test
    void manyClassesAreNotAllListed() {
        Labels many = new Labels(IntStream.range(0, 45).mapToObj(i -> "class" + i).toList());
        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() -> read("label\ttext\nother\tx\n", many))
                .withMessageEndingWith("class6, class7, ... or an index from 0 to 44");
    }

    @Test
    void aMissingFileIsLeftToTheFrame() {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> TsvDataset.read(file, LABELS));
    }

    private TsvDataset read(String content) throws IOException {
        return read(content, LABELS);
    }

    private TsvDataset read(String content, Labels labels) throws IOException {
        Files.writeString(file, content);
        return TsvDataset.read(file, labels);
    }
}
