package io.espalier.model;

import ai.djl.ndarray.types.Shape;
import io.espalier.artifact.ArtifactStore;
import io.espalier.artifact.CandidateDescription;
import io.espalier.artifact.Draft;
import io.espalier.artifact.Folding;
import io.espalier.artifact.FormatExport;
import io.espalier.artifact.Manifest;
import io.espalier.artifact.ModelFormat;
import io.espalier.artifact.SlimSublayer;
import io.espalier.fisher.LossKind;
import io.espalier.mask.Projection;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.model.bert.ProjectionHook;
import io.espalier.testing.GoldenSamples;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Folding is masking: the dense model under a mask and the reloaded slim model of that mask give
 * the same logits. {@code -Dseed=} replays a run.
 */
class SlimModelTest {

    /** What float32 leaves of equality; logits are below 10. */
    private static final float FOLDING_TOLERANCE = 1e-5f;

    private static final int MASKS = 100;
    private static final List<Sublayer> SUBLAYERS = TinyBert.sublayers();

    @TempDir static Path directory;
    private static Path parent;
    private static TextClassifier dense;
    private static ArtifactStore store;
    private static List<Encoding> samples;

    @BeforeAll
    static void load() throws Exception {
        parent = TinyBert.write(directory.resolve("tiny"));
        dense = TextClassifier.load(parent);
        store = ArtifactStore.open(directory.resolve("store"));
        samples =
                GoldenSamples.all().subList(0, 16).stream().map(ScorableSample::encoding).toList();
    }

    @AfterAll
    static void close() {
        dense.close();
    }

    @Test
    void reloadedSlimModelsEqualTheMaskedDenseModel() throws IOException {
        long seed = Long.getLong("seed", 23);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int emptied = 0;
        for (int i = 0; i < MASKS; i++) {
            PruningMask mask = randomMask(random, i);
            for (int s = 0; s < SUBLAYERS.size(); s++) {
                emptied += mask.keptUnits(s).length == 0 ? 1 : 0;
            }
            float difference = difference(slim(mask), masked(mask));
            assertThat(difference).as("mask %d", i).isLessThan(FOLDING_TOLERANCE);
        }
        assertThat(emptied).isGreaterThan(MASKS);
    }

    @Test
    void reloadedStockModelsEqualTheMaskedDenseModel() throws IOException {
        Random random = new Random(29);
        for (int i = 0; i < 20; i++) {
            PruningMask mask = randomMask(random, i);
            assertThat(difference(stock(mask), masked(mask)))
                    .as("mask %d", i)
                    .isLessThan(FOLDING_TOLERANCE);
        }
        assertThat(difference(stock(empty()), masked(empty()))).isLessThan(FOLDING_TOLERANCE);
    }

    private static PruningMask empty() {
        return PruningMask.of(
                SUBLAYERS,
                SUBLAYERS.stream()
                        .map(sublayer -> new float[sublayer.units()])
                        .toArray(float[][]::new));
    }

    @Test
    void theSlimModelMadeInMemoryIsTheReloadedOne() throws IOException {
        Random random = new Random(31);
        for (int i = 0; i < 20; i++) {
            PruningMask mask = randomMask(random, i);
            List<int[]> kept = new ArrayList<>();
            List<Projection> projections = new ArrayList<>();
            for (int s = 0; s < SUBLAYERS.size(); s++) {
                SlimSublayer folded =
                        Folding.fold(SUBLAYERS.get(s), dense.projection(s), mask.values(s));
                kept.add(folded.keptUnits());
                projections.add(folded.projection());
            }
            try (SlimClassifier slim = new SlimClassifier(dense, kept, projections)) {
                assertThat(slim.logits(samples)).isDeepEqualTo(slim(mask));
            }
        }
    }

    @Test
    void aProjectionOfAnotherWidthIsRefusedInMemoryToo() {
        List<int[]> kept = new ArrayList<>(dense.description().kept());
        List<Projection> projections = new ArrayList<>();
        for (int s = 0; s < SUBLAYERS.size(); s++) {
            projections.add(dense.projection(s));
        }
        new SlimClassifier(dense, kept, projections).close();
        kept.set(1, new int[] {1, 2});
        assertThatThrownBy(() -> new SlimClassifier(dense, kept, projections))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 kept units of width 1 and a projection of 32 x 96");
    }

    @Test
    void aBinaryMaskInPlaceOfTheScaledOneIsNotEqual() throws IOException {
        PruningMask scaled = randomMask(new Random(3), 1);
        float[][] ones = new float[SUBLAYERS.size()][];
        for (int s = 0; s < ones.length; s++) {
            ones[s] = scaled.values(s);
            for (int unit = 0; unit < ones[s].length; unit++) {
                ones[s][unit] = ones[s][unit] == 0f ? 0f : 1f;
            }
        }
        PruningMask binary = PruningMask.of(SUBLAYERS, ones);
        assertThat(difference(slim(scaled), masked(scaled))).isLessThan(FOLDING_TOLERANCE);
        assertThat(difference(slim(binary), masked(scaled)))
                .isGreaterThan(1000 * FOLDING_TOLERANCE);
    }

    @Test
    void zeroingThreeOfFourHeadsChangesLogits() {
        for (int s = 0; s < SUBLAYERS.size(); s += 2) {
            float[][] values = ones();
            values[s] = new float[] {0, 1, 0, 0};
            float difference =
                    difference(masked(PruningMask.of(SUBLAYERS, values)), dense.logits(samples));
            assertThat(difference).as(SUBLAYERS.get(s).id()).isGreaterThan(0.01f);
        }
        assertThat(difference(masked(PruningMask.dense(SUBLAYERS)), dense.logits(samples)))
                .isLessThan(FOLDING_TOLERANCE);
    }

    @Test
    void aSlimModelDescribesWhatIsLeft() throws IOException {
        float[][] values = ones();
        values[0] = new float[] {0, 1, 0, 2};
        Arrays.fill(values[5], 0f);
        try (TextClassifier slim = TextClassifier.load(stage(PruningMask.of(SUBLAYERS, values)))) {
            ModelDescription description = slim.description();
            assertThat(description.pruned()).isTrue();
            assertThat(dense.description().pruned()).isFalse();
            assertThat(description.parent()).isEqualTo(dense.description().digest());
            assertThat(dense.description().parent()).isNull();
            assertThat(description.sublayers()).isEqualTo(SUBLAYERS);
            assertThat(description.mask().values(0)).containsExactly(0, 1, 0, 1);
            assertThat(dense.description().mask()).isEqualTo(PruningMask.dense(SUBLAYERS));
            assertThat(description.kept().get(0)).containsExactly(1, 3);
            assertThat(description.kept().get(5)).isEmpty();
            int head = 4 * TinyBert.HIDDEN * TinyBert.HEAD_SIZE + 3 * TinyBert.HEAD_SIZE;
            int neuron = 2 * TinyBert.HIDDEN + 1;
            assertThat(dense.description().parameters() - description.parameters())
                    .isEqualTo(2 * head + TinyBert.NEURONS * neuron);
        }
    }

    @Test
    void statisticsAreOfTheDenseParentOnly() throws IOException {
        float[][] values = ones();
        values[1][7] = 0f;
        try (TextClassifier slim = TextClassifier.load(stage(PruningMask.of(SUBLAYERS, values)))) {
            assertThatThrownBy(
                            () ->
                                    new MaskGradientScorer(
                                            slim,
                                            ScorerOptions.of(1024, 256, 17, LossKind.SUPERVISED)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "a pruned model cannot be scored; statistics are of the dense parent");
        }
        new MaskGradientScorer(dense, ScorerOptions.of(1024, 256, 17, LossKind.SUPERVISED)).close();
    }

    private static float[][] ones() {
        float[][] ones = new float[SUBLAYERS.size()][];
        for (int s = 0; s < ones.length; s++) {
            ones[s] = PruningMask.dense(SUBLAYERS).values(s);
        }
        return ones;
    }

    /** Values of about 1, either sign; some sublayers, layers or the whole encoder emptied. */
    private static PruningMask randomMask(Random random, int index) {
        float[][] values = ones();
        int emptyLayer = random.nextInt(2 * TinyBert.LAYERS); // none in half of the cases
        for (int s = 0; s < values.length; s++) {
            boolean whole = s / 2 == emptyLayer || index == 0 || random.nextInt(6) == 0;
            for (int unit = 0; unit < values[s].length; unit++) {
                boolean prune = whole || random.nextBoolean();
                values[s][unit] = prune ? 0f : (float) random.nextGaussian();
            }
        }
        return PruningMask.of(SUBLAYERS, values);
    }

    private static float[][] slim(PruningMask mask) throws IOException {
        try (TextClassifier slim = TextClassifier.load(stage(mask))) {
            return slim.logits(samples);
        }
    }

    /** What any class that loads ordinary BERTs makes of the stock form. */
    private static float[][] stock(PruningMask mask) throws IOException {
        Path stocked = Files.createTempDirectory(directory, "stock");
        FormatExport.write(ModelFormat.STOCK, draft(mask).slim(), stocked);
        try (TextClassifier stock = TextClassifier.load(stocked)) {
            assertThat(stock.description().pruned()).isFalse();
            return stock.logits(samples);
        }
    }

    private static Path stage(PruningMask mask) throws IOException {
        return draft(mask).slim();
    }

    private static Draft draft(PruningMask mask) throws IOException {
        List<SlimSublayer> folded = new ArrayList<>();
        for (int s = 0; s < SUBLAYERS.size(); s++) {
            Sublayer sublayer = SUBLAYERS.get(s);
            folded.add(
                    Folding.fold(
                            sublayer, DenseProjections.read(parent, sublayer), mask.values(s)));
        }
        CandidateDescription description =
                new CandidateDescription(
                        "tiny-bert",
                        "macs0.50-000001",
                        "tiny-bert/macs0.50-000001",
                        dense.description().digest(),
                        mask,
                        Collections.nCopies(SUBLAYERS.size(), "unchanged"),
                        new Manifest.Budget("macs=0.5", 0.5, 0.5),
                        new Manifest.Window(0, 1),
                        256,
                        256,
                        List.of(),
                        "espalier",
                        "supervised",
                        "0f".repeat(32),
                        17,
                        "espalier test");
        return store.draft(description, folded, parent, Set.of());
    }

    /** The dense model with its projections' inputs multiplied by the mask. */
    private static float[][] masked(PruningMask mask) {
        ProjectionHook hook =
                (sublayer, x) -> {
                    float[] values = mask.values(sublayer);
                    return x.mul(x.getManager().create(values, new Shape(1, values.length, 1)));
                };
        return dense.logits(samples, hook);
    }

    private static float difference(float[][] a, float[][] b) {
        float largest = 0;
        for (int i = 0; i < a.length; i++) {
            for (int c = 0; c < a[i].length; c++) {
                float difference = Math.abs(a[i][c] - b[i][c]);
                // NaN must not pass for equal.
                largest = difference <= largest ? largest : difference;
            }
        }
        return largest;
    }
}
