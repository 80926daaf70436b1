package io.espalier.config;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

import org.jspecify.annotations.Nullable;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The thresholds of trigger, update and promotion: what an operator may change while a job runs.
 * What they mean stands with {@link EspalierOptions}.
 *
 * @param period event time between decisions at most; null for no schedule
 * @param driftWindows windows in a row that make a drift
 * @param coolDown windows without a decision after one
 * @param retuneMargin by how much the live model's error must exceed the alternative's
 * @param remaskMargin by how much a structure's error must exceed the best one's
 * @param promotionMargin by how much a candidate's error rate may exceed the live model's
 * @param promotionTolerance by how much it may exceed the dense model's
 * @param promotionConfidence one-sided, of both tests
 * @param promotionSamples held-out samples that a promotion needs
 */
public record Thresholds(
        @Nullable Duration period,
        int driftWindows,
        int coolDown,
        double retuneMargin,
        double remaskMargin,
        double promotionMargin,
        double promotionTolerance,
        double promotionConfidence,
        int promotionSamples)
        implements Serializable {

    /** The options they are read from. */
    public static final List<ConfigOption<?>> OPTIONS =
            List.of(
                    EspalierOptions.TRIGGER_PERIOD,
                    EspalierOptions.TRIGGER_DRIFT_WINDOWS,
                    EspalierOptions.TRIGGER_COOL_DOWN,
                    EspalierOptions.RETUNE_MARGIN,
                    EspalierOptions.REMASK_MARGIN,
                    EspalierOptions.PROMOTION_MARGIN,
                    EspalierOptions.PROMOTION_TOLERANCE,
                    EspalierOptions.PROMOTION_CONFIDENCE,
                    EspalierOptions.PROMOTION_MIN_SAMPLES);

    static Thresholds read(Configuration configuration) {
        return new Thresholds(
                OptionRules.find(configuration, EspalierOptions.TRIGGER_PERIOD).orElse(null),
                OptionRules.get(configuration, EspalierOptions.TRIGGER_DRIFT_WINDOWS),
                OptionRules.get(configuration, EspalierOptions.TRIGGER_COOL_DOWN),
                OptionRules.get(configuration, EspalierOptions.RETUNE_MARGIN),
                OptionRules.get(configuration, EspalierOptions.REMASK_MARGIN),
                OptionRules.get(configuration, EspalierOptions.PROMOTION_MARGIN),
                OptionRules.get(configuration, EspalierOptions.PROMOTION_TOLERANCE),
                OptionRules.get(configuration, EspalierOptions.PROMOTION_CONFIDENCE),
                OptionRules.get(configuration, EspalierOptions.PROMOTION_MIN_SAMPLES));
    }

    /**
     * These thresholds with some replaced.
     *
     * @param overrides values by the options' keys, as they are written in a configuration
     * @throws ConfigException if a key is none of {@link #OPTIONS}, or a value is not allowed
     */
    public Thresholds with(Map<String, String> overrides) {
        List<String> keys = OPTIONS.stream().map(ConfigOption::key).toList();
        Configuration configuration = new Configuration();
        if (period != null) {
            configuration.set(EspalierOptions.TRIGGER_PERIOD, period);
        }
        configuration.set(EspalierOptions.TRIGGER_DRIFT_WINDOWS, driftWindows);
        configuration.set(EspalierOptions.TRIGGER_COOL_DOWN, coolDown);
        configuration.set(EspalierOptions.RETUNE_MARGIN, retuneMargin);
        configuration.set(EspalierOptions.REMASK_MARGIN, remaskMargin);
        configuration.set(EspalierOptions.PROMOTION_MARGIN, promotionMargin);
        configuration.set(EspalierOptions.PROMOTION_TOLERANCE, promotionTolerance);
        configuration.set(EspalierOptions.PROMOTION_CONFIDENCE, promotionConfidence);
        configuration.set(EspalierOptions.PROMOTION_MIN_SAMPLES, promotionSamples);
        overrides.forEach(
                (key, value) -> {
                    if (!keys.contains(key)) {
                        throw new ConfigException(
                                "'" + key + "' is no threshold; thresholds are " + keys);
                    }
                    configuration.setString(key, value);
                });
        return read(configuration);
    }
}
