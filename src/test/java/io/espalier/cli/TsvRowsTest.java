package io.espalier.cli;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Text without labels, with some, and without columns; labelled text has its own tests. */
class TsvRowsTest {

    @Test
    void labelsMayBeMissingAltogetherOrInSomeRows() {
        assertThat(unlabelledToo("text\na\nb\n").rows())
                .containsExactly(
                        new TsvRows.Row(2, null, "a", null), new TsvRows.Row(3, null, "b", null));
        assertThat(unlabelledToo("label\ttext\ttext2\nyes\ta\tb\n\tc\td\n").rows())
                .containsExactly(
                        new TsvRows.Row(2, "yes", "a", "b"), new TsvRows.Row(3, null, "c", "d"));
    }

    @Test
    void aMalformedTableIsRefusedWithPlaceAndRemedy() {
        assertRefused(
                "label\nx\n",
                "in.tsv: line 1: column 'text' is missing; it has 1 columns, the header must be"
                        + " [label<TAB>]text[<TAB>text2]");
        assertRefused("text\na\n\n", "in.tsv: line 3, column text is empty; remove the line");
        assertRefused(
                "text\na\tb\n",
                "in.tsv: line 2 has 2 columns, the header has 1; a text may contain no tab or line"
                        + " break");
        assertThat(unlabelledToo("text\na b\n").rows()).hasSize(1);
    }

    @Test
    void aLineOfPlainTextIsATextWhateverItHolds() {
        assertThat(plain("text\r\na\tb\n\u017Eluť \n").rows())
                .containsExactly(
                        new TsvRows.Row(1, null, "text", null),
                        new TsvRows.Row(2, null, "a\tb", null),
                        new TsvRows.Row(3, null, "\u017Eluť ", null));
    }

    @Test
    void onlyAByteOrderMarkIsCutOff() {
        assertThat(plain("\uFEFFa\n").rows().get(0).text()).isEqualTo("a");
        assertThat(plain("\uFB01a\n").rows().get(0).text()).isEqualTo("\uFB01a"); // EF AC 81
    }

    @Test
    void anEmptyLineOrFileOfPlainTextIsRefused() {
        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() -> plain("a\n \nb\n"))
                .withMessage("in.tsv: line 2 is empty; remove the line");
        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() -> plain(""))
                .withMessage("in.tsv: is empty; needs a text per line");
        assertThat(plain("a\nb").rows()).hasSize(2);
    }

    private static void assertRefused(String content, String message) {
        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() -> unlabelledToo(content))
                .withMessage(message);
    }

    private static TsvRows unlabelledToo(String content) {
        return TsvRows.unlabelledToo("in.tsv", content.getBytes(StandardCharsets.UTF_8));
    }

    private static TsvRows plain(String content) {
        return TsvRows.plain("in.tsv", content.getBytes(StandardCharsets.UTF_8));
    }
}
