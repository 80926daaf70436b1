package io.espalier.cluster;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.Locale;
import java.util.Set;

/**
 * Room for jobs on a cluster.
 *
 * @param free slots that no job has
 * @param total all slots
 * @param fixed whether a job that needs more waits in vain: the cluster neither starts TaskManagers
 *     nor makes do with fewer tasks
 */
public record Slots(int free, int total, boolean fixed) {

    private static final Set<String> ADAPTIVE = Set.of("adaptive", "reactive");

    /**
     * Reads the answers of the REST interface.
     *
     * @param overview of {@code /overview}
     * @param settings of {@code /jobmanager/config}
     */
    static Slots of(JsonNode overview, JsonNode settings) {
        boolean fixed = true;
        for (JsonNode setting : settings) {
            String key = setting.path("key").asText();
            String value = setting.path("value").asText();
            boolean grows = key.startsWith("kubernetes.") || key.startsWith("yarn.");
            boolean yields = key.startsWith("jobmanager.scheduler") || key.equals("scheduler-mode");
            fixed &= !grows && !(yields && ADAPTIVE.contains(value.toLowerCase(Locale.ROOT)));
        }
        return new Slots(
                overview.path("slots-available").asInt(),
                overview.path("slots-total").asInt(),
                fixed);
    }
}
