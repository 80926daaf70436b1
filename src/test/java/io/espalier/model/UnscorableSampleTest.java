package io.espalier.model;

import io.espalier.fisher.LossKind;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.safetensors.FloatTensor;
import io.espalier.safetensors.SafetensorsWriter;
import io.espalier.testing.GoldenSamples;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** A sample without a finite gradient is named and leaves no trace; its neighbours count. */
class UnscorableSampleTest {

    private static final String WORDS = "bert.embeddings.word_embeddings.weight";
    private static final int POISONED = 59;

    @TempDir Path directory;

    @Test
    void samplesOfAWordWithoutAFiniteEmbeddingAreLeftOut() throws Exception {
        List<ScorableSample> samples = GoldenSamples.all().subList(0, 96);
        List<ScorableSample> bad = samples.stream().filter(this::poisoned).toList();
        List<ScorableSample> good = samples.stream().filter(each -> !poisoned(each)).toList();
        assertThat(bad).isNotEmpty();
        try (TextClassifier model = TextClassifier.load(poisonedModel());
                SampleScorer scorer =
                        new MaskGradientScorer(
                                model, ScorerOptions.of(1024, 256, 17, LossKind.SUPERVISED))) {
            List<SampleScorer.Unscorable> unscorable = scorer.score(samples);
            assertThat(unscorable.stream().map(SampleScorer.Unscorable::sample))
                    .containsExactlyInAnyOrderElementsOf(bad);
            assertThat(unscorable.stream().map(SampleScorer.Unscorable::reason))
                    .containsOnly("logits are [NaN, NaN, NaN]");
            List<SublayerStatistics> mixed = scorer.drain();
            assertThat(scorer.score(good)).isEmpty();
            List<SublayerStatistics> clean = scorer.drain();
            for (int s = 0; s < clean.size(); s++) {
                assertSame(mixed.get(s), clean.get(s));
            }
        }
    }

    private boolean poisoned(ScorableSample sample) {
        return IntStream.of(sample.encoding().ids()).anyMatch(id -> id == POISONED);
    }

    /** Equal but for what kernels of another batch shape round otherwise. */
    private static void assertSame(SublayerStatistics mixed, SublayerStatistics clean) {
        assertThat(mixed.snapshot().samples()).isEqualTo(clean.snapshot().samples());
        assertThat(mixed.snapshot().meanLength()).isEqualTo(clean.snapshot().meanLength());
        assertThat(mixed.gradients().diagonal())
                .containsExactly(clean.gradients().diagonal(), within(1e-6));
        double scale = clean.moments().gram().trace();
        assertThat(mixed.moments().gram().packed())
                .containsExactly(clean.moments().gram().packed(), within(1e-5 * scale));
    }

    private Path poisonedModel() throws Exception {
        TinyBert.write(directory);
        Map<String, FloatTensor> tensors = new TreeMap<>();
        for (String name : TinyBert.names()) {
            if (name.startsWith("w/")) {
                tensors.put(name.substring(2), TinyBert.golden(name));
            }
        }
        float[] words = TinyBert.floats("w/" + WORDS).clone();
        int start = POISONED * TinyBert.HIDDEN;
        Arrays.fill(words, start, start + TinyBert.HIDDEN, Float.NaN);
        int[] shape = {TinyBert.VOCABULARY, TinyBert.HIDDEN};
        tensors.put(WORDS, new FloatTensor(shape, words));
        SafetensorsWriter.write(
                directory.resolve("model.safetensors"), tensors, SafetensorsWriter.PT);
        return directory;
    }

    @Test
    void aLabelTheModelDoesNotHaveIsRefused() throws Exception {
        Encoding encoding = new Encoding(new int[] {1, 7}, new int[2]);
        try (TextClassifier model = TextClassifier.load(TinyBert.write(directory));
                SampleScorer scorer =
                        new MaskGradientScorer(
                                model, ScorerOptions.of(1024, 256, 17, LossKind.SUPERVISED))) {
            ScorableSample wrong = new ScorableSample("s-1", encoding, TinyBert.LABELS);
            assertThatThrownBy(() -> scorer.score(List.of(wrong)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "sample 's-1' has label 3; the model has 3 classes and the supervised"
                                    + " loss needs one");
            assertThat(scorer.score(List.of(new ScorableSample("s-2", encoding, 2)))).isEmpty();
        }
    }
}
