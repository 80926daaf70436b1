package io.espalier.testing;

import io.espalier.fisher.SublayerStatistics;
import io.espalier.mask.Sublayer;
import io.espalier.model.Encoding;
import io.espalier.model.ScorableSample;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** What makes the synthetic scorer an oracle: dyadic values, spread out, and nothing remembered. */
class SyntheticScorerTest {

    private static final List<Sublayer> SUBLAYERS = TinyBert.sublayers();
    private static final List<String> IDS =
            IntStream.range(0, 200).mapToObj(i -> "sample-" + i).toList();

    @Test
    void gradientsAreDyadicAndFillTheirRange() {
        int negative = 0;
        int large = 0;
        for (String id : IDS) {
            for (float value : SyntheticScorer.gradient(SUBLAYERS.get(1), 7, id)) {
                double steps = value * 1024.0;
                assertThat(steps).isEqualTo(Math.rint(steps)).isBetween(-1024.0, 1024.0);
                negative += value < 0 ? 1 : 0;
                large += Math.abs(value) > 0.5 ? 1 : 0;
            }
        }
        int values = IDS.size() * TinyBert.NEURONS;
        assertThat(negative).isBetween(values * 48 / 100, values * 52 / 100);
        assertThat(large).isBetween(values * 48 / 100, values * 52 / 100);
    }

    @Test
    void momentsAreThoseOfOneDyadicTokenASample() {
        for (SublayerStatistics statistics : of(IDS.subList(0, 1))) {
            double weight = statistics.moments().weight();
            assertThat(weight * 4).isIn(1.0, 2.0, 3.0, 4.0);
            double[] sum = statistics.moments().sum();
            for (int i = 0; i < sum.length; i++) {
                assertThat(Math.abs(sum[i] / weight * 32)).isIn(wholeNumbersTo32());
                for (int j = 0; j < sum.length; j++) {
                    assertThat(statistics.moments().gram().get(i, j))
                            .isEqualTo(sum[i] * sum[j] / weight);
                }
            }
        }
    }

    private static Object[] wholeNumbersTo32() {
        return IntStream.rangeClosed(0, 32).mapToObj(i -> (double) i).toArray();
    }

    @Test
    void scoringInPiecesEqualsTheOracleInOne() {
        SyntheticScorer scorer = new SyntheticScorer(SUBLAYERS, 16, 7);
        scorer.score(samples(IDS.subList(0, 50)));
        List<SublayerStatistics> first = scorer.drain();
        scorer.score(samples(IDS.subList(50, 120)));
        scorer.score(samples(IDS.subList(120, 200)));
        List<SublayerStatistics> second = scorer.drain();
        List<SublayerStatistics> expected = of(IDS);
        for (int s = 0; s < SUBLAYERS.size(); s++) {
            first.get(s).merge(second.get(s));
            assertThat(first.get(s).snapshot().digest())
                    .isEqualTo(expected.get(s).snapshot().digest());
            assertThat(first.get(s).snapshot().digest())
                    .isNotEqualTo(of(IDS.subList(0, 199)).get(s).snapshot().digest());
        }
    }

    private static List<SublayerStatistics> of(List<String> ids) {
        return SyntheticScorer.statisticsOf(SUBLAYERS, 16, 7, ids);
    }

    private static List<ScorableSample> samples(List<String> ids) {
        Encoding any = new Encoding(new int[] {1}, new int[] {0});
        return ids.stream().map(id -> new ScorableSample(id, any, 0)).toList();
    }
}
