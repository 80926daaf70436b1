package io.espalier.search;

import io.espalier.cost.Budget;
import io.espalier.cost.MacCost;
import io.espalier.fisher.LossKind;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.model.MaskGradientScorer;
import io.espalier.model.SampleScorer;
import io.espalier.model.ScorableSample;
import io.espalier.model.ScorerOptions;
import io.espalier.model.TextClassifier;
import io.espalier.testing.GoldenMasks;
import io.espalier.testing.GoldenSamples;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * The searched masks of the golden tiny BERT: the stored ones, and the table of the exact rule.
 *
 * <p>The table's figures were made from the stored importance by an implementation of its own.
 */
class MaskSearchGoldenTest {

    /** Half of the table's last digit, and float32 input. */
    private static final double TABLE_TOLERANCE = 6e-6;

    private static final List<Sublayer> SUBLAYERS = TinyBert.sublayers();
    private static final MacCost COST = MacCost.ofLength(TinyBert.HIDDEN, GoldenMasks.LENGTH);

    @ParameterizedTest
    @ValueSource(strings = {"0.7", "0.5", "0.3"})
    void storedImportanceGivesTheStoredMasks(String share) {
        assertGoldenMasks(share, GoldenMasks.importance());
    }

    @Test
    void ownGradientsGiveTheStoredMasks(@TempDir Path directory) throws Exception {
        double[][] importance = new double[SUBLAYERS.size()][];
        Arrays.setAll(importance, s -> new double[SUBLAYERS.get(s).units()]);
        List<ScorableSample> samples = GoldenSamples.all();
        try (TextClassifier model = TextClassifier.load(TinyBert.write(directory.resolve("tiny")));
                SampleScorer scorer =
                        new MaskGradientScorer(
                                model, ScorerOptions.of(1024, 256, 17, LossKind.SUPERVISED))) {
            for (int batch = 0; batch < TinyBert.BATCHES; batch++) {
                scorer.score(samples.subList(32 * batch, 32 * batch + 32));
                for (SublayerStatistics statistics : scorer.drain()) {
                    double[] sum = importance[statistics.sublayer()];
                    double[] mean = statistics.gradients().mean();
                    Arrays.setAll(sum, unit -> sum[unit] + mean[unit] * mean[unit]);
                }
            }
        }
        for (String share : List.of("0.7", "0.5", "0.3")) {
            assertGoldenMasks(share, importance);
        }
    }

    private static void assertGoldenMasks(String share, double[][] importance) {
        MaskSearch search = new MaskSearch(SUBLAYERS, importance, COST);
        double c = Double.parseDouble(share);
        assertThat(search.search(Budget.macs(c)))
                .isEqualTo(GoldenMasks.of("c" + share + "/search"));
        assertThat(search.search(Budget.macs(Math.sqrt(c))))
                .isEqualTo(GoldenMasks.of("c" + share + "/teacher"));
    }

    @ParameterizedTest
    @CsvSource({
        ".95, 12, 262, .94923, .99983",
        ".9, 12, 236, .89846, .99926",
        ".8, 12, 185, .79887, .99567",
        ".7, 12, 134, .69928, .98573",
        ".6, 10, 120, .59900, .96580",
        ".5, 9, 87, .49810, .92758",
        ".4, 8, 55, .39914, .85195",
        ".3, 6, 41, .29887, .73249",
        ".25, 5, 34, .24873, .66353",
        ".2, 3, 46, .19923, .58876",
        ".15, 3, 20, .14846, .50517",
        ".1, 2, 13, .09832, .39181",
        ".05, 0, 25, .04882, .24375"
    })
    void theExactRuleGivesTheTable(
            double share, int heads, int neurons, double achieved, double captured) {
        double[][] importance = GoldenMasks.importance();
        PruningMask mask = new MaskSearch(SUBLAYERS, importance, COST).search(Budget.macs(share));
        assertThat(mask.countKept(SublayerKind.ATTENTION)).isEqualTo(heads);
        assertThat(mask.countKept(SublayerKind.FFN)).isEqualTo(neurons);
        assertThat(COST.share(mask)).isCloseTo(achieved, within(TABLE_TOLERANCE));
        assertThat(COST.share(mask)).isLessThanOrEqualTo(share);
        assertThat(captured(importance, mask)).isCloseTo(captured, within(TABLE_TOLERANCE));
    }

    private static double captured(double[][] importance, PruningMask mask) {
        double kept = 0;
        double all = 0;
        for (int s = 0; s < importance.length; s++) {
            for (int unit = 0; unit < importance[s].length; unit++) {
                all += importance[s][unit];
                kept += mask.keeps(s, unit) ? importance[s][unit] : 0;
            }
        }
        return kept / all;
    }

    @ParameterizedTest
    @ValueSource(doubles = {.2, .1, .05})
    void staysWithinBudgetsThatThePublishedRuleBreaks(double share) {
        assertThat(publishedRule(share)).isCloseTo(.4376, within(5e-5));
        MaskSearch search = new MaskSearch(SUBLAYERS, GoldenMasks.importance(), COST);
        assertThat(COST.share(search.search(Budget.macs(share)))).isLessThanOrEqualTo(share);
    }

    @Test
    void thePublishedRuleIsFollowedWhereItHolds() {
        assertThat(publishedRule(.5)).isCloseTo(.49810, within(TABLE_TOLERANCE));
    }

    /** Share of MACs of what the published rule keeps: k from 1, neurons clipped at 0. */
    private static double publishedRule(double share) {
        double[] heads = descending(0);
        double[] neurons = descending(1);
        double headCost = COST.unit(SUBLAYERS.get(0));
        double neuronCost = COST.unit(SUBLAYERS.get(1));
        double best = 0;
        double cost = 0;
        for (int k = 1; k <= heads.length; k++) {
            double left = share * COST.total(SUBLAYERS) - k * headCost;
            int n = (int) Math.min(neurons.length, Math.max(0, left / neuronCost));
            double value = Arrays.stream(heads, 0, k).sum() + Arrays.stream(neurons, 0, n).sum();
            if (value > best) {
                best = value;
                cost = k * headCost + n * neuronCost;
            }
        }
        return cost / COST.total(SUBLAYERS);
    }

    /** Importance of all heads (parity 0) or neurons (1). */
    private static double[] descending(int parity) {
        double[][] importance = GoldenMasks.importance();
        double[] ascending =
                Arrays.stream(importance, 0, importance.length)
                        .filter(row -> row.length == SUBLAYERS.get(parity).units())
                        .flatMapToDouble(Arrays::stream)
                        .sorted()
                        .toArray();
        double[] descending = new double[ascending.length];
        Arrays.setAll(descending, i -> ascending[ascending.length - 1 - i]);
        return descending;
    }
}
