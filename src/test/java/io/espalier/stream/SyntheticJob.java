package io.espalier.stream;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.score.ScorerFactory;
import io.espalier.testing.SyntheticScorer;

import java.util.HashMap;
import java.util.Map;

/** What the jobs with synthetic gradients over {@link Traffic} have in common. */
final class SyntheticJob {

    private SyntheticJob() {}

    /**
     * Settings under which every window decides and publishes.
     *
     * @param own settings that are added, or win
     */
    static Map<String, String> settings(long seed, Map<String, String> own) {
        Map<String, String> settings = new HashMap<>();
        settings.put("espalier.window.max-out-of-orderness", Traffic.OUT_OF_ORDER_MILLIS + " ms");
        settings.put("espalier.window.min-samples", "8");
        settings.put("espalier.held-out.max-samples", "64");
        settings.put("espalier.source.max-sample-size", Corruption.MAX_BYTES + " b");
        settings.put("espalier.seed", Long.toString(seed));
        settings.putAll(own);
        return settings;
    }

    /** Synthetic gradients. */
    static ScorerFactory scorers(EspalierConfig config) {
        int rows = config.statistics().gradientRows();
        long seed = config.seed();
        return (model, loss) ->
                new SyntheticScorer(model.description().sublayers(), loss, rows, seed);
    }
}
