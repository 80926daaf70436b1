package io.espalier.report;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Figures as they are read. */
class WordsTest {

    @Test
    void aShareIsNeverRoundedToAFalseExtreme() {
        assertThat(Words.percent(1.0)).isEqualTo("100 %");
        assertThat(Words.percent(0.9999)).isEqualTo("> 99.9 %");
        assertThat(Words.percent(0.984375)).isEqualTo("98.4 %");
        assertThat(Words.percent(0.0001)).isEqualTo("< 0.1 %");
        assertThat(Words.percent(0.0)).isEqualTo("0.0 %");
        assertThat(Words.percent(null)).isEqualTo("–");
    }

    @Test
    void sharesNearAWellKnownOneHaveItsName() {
        assertThat(Words.part(0.501)).isEqualTo("Half");
        assertThat(Words.part(0.665)).isEqualTo("Two thirds");
        assertThat(Words.part(0.7)).isEqualTo("70 %");
        assertThat(Words.part(0.42)).isEqualTo("42 %");
        assertThat(Words.part(0.5251)).isEqualTo("52.5 %");
    }

    @Test
    void figuresHaveThreeDigits() {
        assertThat(Words.figure(0.010412)).isEqualTo("0.0104");
        assertThat(Words.figure(24.31)).isEqualTo("24.3");
        assertThat(Words.figure(2.5e-9)).isEqualTo("2.50e-09");
        assertThat(Words.scaled(33_360_770)).isEqualTo("33.4 million");
        assertThat(Words.scaled(512)).isEqualTo("512");
        assertThat(Words.bytes(66_744_684)).isEqualTo("66.7 MB");
        assertThat(Words.points(-0.0732)).isEqualTo("−7.3 points");
        assertThat(Words.points(0.0001)).isEqualTo("0.0 points");
    }
}
