package io.espalier.cli;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;

import io.espalier.config.ConfigFile;
import io.espalier.config.EspalierConfig;
import io.espalier.cost.Budget;
import io.espalier.stream.KafkaPreflight;
import io.espalier.stream.ParentModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The job's configuration on a command line, and what is checked before any job starts. */
final class JobOptions {

    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description = "Configuration, YAML or properties.")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Overrides a key of the file; repeatable.")
    private Map<String, String> overrides = Map.of();

    /**
     * A job that could start now.
     *
     * @param settings all keys, ours and Flink's
     * @param config ours, read
     * @param parent the dense model
     */
    record Checked(Configuration settings, EspalierConfig config, ParentModel parent) {

        /** The job's name in Flink. */
        String name() {
            return "espalier " + config.model().id();
        }
    }

    /** For picocli, which fills the fields. */
    @SuppressWarnings("NullAway.Init") // picocli sets required options before call().
    JobOptions() {}

    /** The configuration alone, unchecked but for its own rules. */
    EspalierConfig config() {
        return EspalierConfig.from(ConfigFile.load(file, overrides));
    }

    /**
     * Checks configuration, store, model, broker, topics and timeouts.
     *
     * @param savepoint to resume from, instead of one that the configuration names; or null
     * @param here whether files of the job are files of this machine
     * @param resume how the user would name a savepoint
     * @throws IOException naming what is not as the job needs it, and the remedy
     */
    Checked check(@Nullable String savepoint, boolean here, String resume)
            throws IOException, InterruptedException {
        Map<String, String> keys = new HashMap<>(overrides);
        if (savepoint != null) {
            keys.put(StateRecoveryOptions.SAVEPOINT_PATH.key(), savepoint);
        }
        Configuration settings = ConfigFile.load(file, keys);
        Optional<String> state = settings.getOptional(StateRecoveryOptions.SAVEPOINT_PATH);
        if (state.isPresent() && here) {
            StateLocation.requireState(state.get());
        }
        Checked checked = check(settings);
        EspalierConfig config = checked.config();
        if (state.isEmpty()) {
            // A job without its state counts its decisions from 1 again.
            Stores.requireFree(
                    config.publish().root(),
                    config.model().id(),
                    Budget.parseAll(config.budgets()),
                    "resume with " + resume + ", or name another espalier.publish.root");
        }
        return checked;
    }

    /** The same checks, where Flink itself keeps what the job resumes from. */
    Checked checkForFlink() throws IOException, InterruptedException {
        return check(ConfigFile.load(file, overrides));
    }

    private static Checked check(Configuration settings) throws IOException, InterruptedException {
        EspalierConfig config = EspalierConfig.from(settings);
        Budget.parseAll(config.budgets());
        config.checkpoint().requireDirectory();
        OutputFiles.prepareDirectory(config.publish().root());
        ParentModel parent = ParentModel.read(config);
        KafkaPreflight.check(config);
        return new Checked(settings, config, parent);
    }
}
