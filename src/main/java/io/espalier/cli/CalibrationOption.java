package io.espalier.cli;

import io.espalier.config.EspalierOptions;
import io.espalier.config.Loss;
import io.espalier.fisher.LossKind;
import io.espalier.model.ModelDescription;
import io.espalier.model.ScorerOptions;
import io.espalier.model.TokenWeight;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/** How a comparison draws and scores its calibration samples. */
final class CalibrationOption {

    private static final int MAX_SEEDS = 100;

    @Option(
            names = "--samples",
            paramLabel = "N",
            description =
                    "Rows to calibrate on, drawn without replacement from the files together"
                            + " (default: ${DEFAULT-VALUE}).")
    private int samples = 2048;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of the first draw (default: ${DEFAULT-VALUE}).")
    private long seed = 17;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description =
                    "Repeat everything with so many draws, of seed, seed + 1 and so on, and print"
                            + " means and standard deviations (default: ${DEFAULT-VALUE}).")
    private int seeds = 1;

    @Option(
            names = "--max-length",
            paramLabel = "TOKENS",
            description = "Tokens after which texts are cut (default: ${DEFAULT-VALUE}).")
    private int maxLength = EspalierOptions.MODEL_MAX_LENGTH.defaultValue();

    @Option(
            names = "--loss",
            paramLabel = "KIND",
            description =
                    "Whose gradients the statistics hold: label-free or supervised (default:"
                            + " ${DEFAULT-VALUE}). The reference profile always takes supervised"
                            + " ones, in a gradient-only pass of its own.")
    private String loss = Loss.LABEL_FREE.label();

    @Option(
            names = "--token-weight",
            paramLabel = "KIND",
            description =
                    "How tokens weigh in the moments: importance or uniform (default:"
                            + " ${DEFAULT-VALUE}).")
    private String tokenWeight = label(TokenWeight.IMPORTANCE);

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description =
                    "Scorers that work side by side; sums are rounded in their order (default:"
                            + " ${DEFAULT-VALUE}).")
    private int parallelism = 2;

    /**
     * Checks the ranges.
     *
     * @throws ParameterException naming the option, its value and what is allowed
     */
    void check(CommandSpec spec) {
        Ranges.require(spec, "--samples", samples, 1, 1 << 20);
        Ranges.require(spec, "--seeds", seeds, 1, MAX_SEEDS);
        Ranges.require(spec, "--max-length", maxLength, 4, 8192);
        Ranges.require(spec, "--parallelism", parallelism, 1, 64);
        Ranges.requireOneOf(spec, "--loss", loss, Loss.LABEL_FREE.label(), Loss.SUPERVISED.label());
        Ranges.requireOneOf(
                spec,
                "--token-weight",
                tokenWeight,
                label(TokenWeight.IMPORTANCE),
                label(TokenWeight.UNIFORM));
    }

    private static String label(TokenWeight weight) {
        return weight.name().toLowerCase(Locale.ROOT);
    }

    int samples() {
        return samples;
    }

    int maxLength() {
        return maxLength;
    }

    int parallelism() {
        return parallelism;
    }

    String loss() {
        return loss;
    }

    String tokenWeight() {
        return tokenWeight;
    }

    /** The seeds of the draws. */
    List<Long> seeds() {
        return LongStream.range(seed, seed + seeds).boxed().toList();
    }

    /** How the samples of a draw are scored. */
    ScorerOptions scoring(ModelDescription model, long drawn) {
        LossKind kind =
                loss.equals(Loss.SUPERVISED.label())
                        ? LossKind.SUPERVISED
                        : LossKind.labelFree(model.labels().size());
        return new ScorerOptions(
                EspalierOptions.MICRO_BATCH_TOKENS.defaultValue(),
                EspalierOptions.STATISTICS_GRADIENT_ROWS.defaultValue(),
                drawn,
                kind,
                TokenWeight.valueOf(tokenWeight.toUpperCase(Locale.ROOT)),
                true);
    }
}
