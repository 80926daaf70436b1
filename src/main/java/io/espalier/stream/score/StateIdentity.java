package io.espalier.stream.score;

import org.apache.flink.runtime.execution.SuppressRestartsException;

import io.espalier.config.ConfigException;
import io.espalier.config.EspalierOptions;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a job's state is of: the settings under which statistics can be added to one another. State
 * of other settings is refused when a job starts from it, before anything is read or published.
 *
 * @param settings values by option, or by what stands for one
 */
public record StateIdentity(SortedMap<String, String> settings) implements Serializable {

    private static final String WINDOWS = "espalier.window";

    private static final String PARENT = EspalierOptions.MODEL_DIRECTORY.key() + " (weights)";

    /** Copies the map. */
    public StateIdentity {
        settings = new TreeMap<>(settings);
    }

    /** The identity of a job's state. */
    public static StateIdentity of(
            String model,
            String parentDigest,
            int maxLength,
            String loss,
            String profile,
            String window,
            long seed) {
        return new StateIdentity(
                new TreeMap<>(
                        Map.of(
                                EspalierOptions.MODEL_ID.key(),
                                model,
                                PARENT,
                                parentDigest,
                                EspalierOptions.MODEL_MAX_LENGTH.key(),
                                "" + maxLength,
                                EspalierOptions.LOSS.key(),
                                loss,
                                EspalierOptions.PROFILE.key(),
                                profile,
                                EspalierOptions.WINDOW_TYPE.key(),
                                window,
                                EspalierOptions.SEED.key(),
                                "" + seed)));
    }

    /** Id of the model. */
    String model() {
        return settings.getOrDefault(EspalierOptions.MODEL_ID.key(), "");
    }

    /** The settings as lines to rest in state. */
    List<String> lines() {
        return settings.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    }

    /** How a setting is called: all of the windows' rest in state under one of their keys. */
    private static String called(String key) {
        return key.equals(EspalierOptions.WINDOW_TYPE.key()) ? WINDOWS : key;
    }

    /**
     * Compares with the lines of restored state.
     *
     * @throws SuppressRestartsException if they differ, naming both sides and the remedy; trying
     *     again would not help
     */
    void require(List<String> restored) {
        List<String> differences = new ArrayList<>();
        settings.forEach(
                (key, value) ->
                        restored.stream()
                                .filter(line -> line.startsWith(key + "="))
                                .map(line -> line.substring(key.length() + 1))
                                .filter(old -> !old.equals(value))
                                .findFirst()
                                .ifPresent(
                                        old ->
                                                differences.add(
                                                        "%s was '%s' and is '%s'"
                                                                .formatted(
                                                                        called(key), old, value))));
        if (!differences.isEmpty()) {
            throw new SuppressRestartsException(
                    new ConfigException(
                            "the state belongs to another job: "
                                    + String.join("; ", differences)
                                    + ". Restore with the old values, or start without the state,"
                                    + " under another "
                                    + EspalierOptions.MODEL_ID.key()
                                    + " or "
                                    + EspalierOptions.PUBLISH_ROOT.key()));
        }
    }
}
