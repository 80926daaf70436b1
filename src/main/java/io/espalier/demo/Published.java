package io.espalier.demo;

import io.espalier.wire.DriftReport;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.PrunedModelAnnouncement;

import java.util.List;

/**
 * What a job made visible in its topics.
 *
 * @param reports drift reports, in the order of the topic
 * @param masks mask updates
 * @param models announcements of pruned models
 */
public record Published(
        List<DriftReport> reports, List<MaskUpdate> masks, List<PrunedModelAnnouncement> models) {

    /** Copies the lists. */
    public Published {
        reports = List.copyOf(reports);
        masks = List.copyOf(masks);
        models = List.copyOf(models);
    }
}
