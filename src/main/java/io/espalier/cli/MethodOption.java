package io.espalier.cli;

import io.espalier.config.Loss;
import io.espalier.config.Numerics;
import io.espalier.config.Profile;
import io.espalier.config.TuningMode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

import java.util.Arrays;

/** The options that choose the numerics, of every command that decides by one profile. */
final class MethodOption {

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description =
                    "Numerics of the decisions: espalier (error curves, exact allocation) or"
                            + " robust-diagonal (masks by diagonal Fisher); for prune also"
                            + " reference (the published method, macs only) (default:"
                            + " ${DEFAULT-VALUE}).")
    private String profile = Profile.ESPALIER.label();

    @Option(
            names = "--loss",
            paramLabel = "KIND",
            description =
                    "Whose gradients decide: label-free, or supervised, which needs a label with"
                            + " every sample (default: ${DEFAULT-VALUE}).")
    private String loss = Loss.LABEL_FREE.label();

    @Option(
            names = "--tuning",
            paramLabel = "MODE",
            description =
                    "What is solved in a pruned sublayer: projection (weights and bias) or"
                            + " mask-values (a scale for each kept unit, and the bias) (default:"
                            + " ${DEFAULT-VALUE}).")
    private String tuning = TuningMode.PROJECTION.label();

    /**
     * Checks the values.
     *
     * @param profiles that the command knows
     * @throws picocli.CommandLine.ParameterException naming the option, its value and what is
     *     allowed
     */
    void check(CommandSpec spec, Profile... profiles) {
        Ranges.requireOneOf(
                spec,
                "--profile",
                profile,
                Arrays.stream(profiles).map(Profile::label).toArray(String[]::new));
        Ranges.requireOneOf(
                spec,
                "--loss",
                loss,
                Arrays.stream(Loss.values()).map(Loss::label).toArray(String[]::new));
        Ranges.requireOneOf(
                spec,
                "--tuning",
                tuning,
                Arrays.stream(TuningMode.values()).map(TuningMode::label).toArray(String[]::new));
    }

    Profile profile() {
        return Profile.of(profile);
    }

    Loss loss() {
        return Loss.of(loss);
    }

    TuningMode tuning() {
        return TuningMode.of(tuning);
    }

    /** What was chosen; the values were checked. */
    Numerics numerics() {
        return new Numerics(profile(), loss(), tuning());
    }
}
