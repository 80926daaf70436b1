package io.espalier.system;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.List;

/**
 * What is known of a run from outside: what was sent, and what it left in topics and store. All
 * topics are read committed, from their beginning, when nothing more is to come.
 *
 * @param sent the producer's history
 * @param refused dead letters
 * @param masks mask updates
 * @param models announcements
 * @param reports drift reports
 * @param store root of the store
 * @param model id of the model
 * @param staging what lies in the store's staging and should have been collected
 */
record Evidence(
        List<Sent> sent,
        List<Refused> refused,
        List<Decided> masks,
        List<Announced> models,
        List<Reported> reports,
        Path store,
        String model,
        List<String> staging) {

    /** Copies the lists. */
    Evidence {
        sent = List.copyOf(sent);
        refused = List.copyOf(refused);
        masks = List.copyOf(masks);
        models = List.copyOf(models);
        reports = List.copyOf(reports);
        staging = List.copyOf(staging);
    }

    /** What the producer knows of a record. */
    enum Fate {
        /** The broker has it. */
        OK,
        /** The broker does not have it. */
        FAIL,
        /** The answer was lost: the broker may have it or not. */
        INFO
    }

    /**
     * A record that was sent to the calibration topic.
     *
     * @param id of the sample
     * @param partition it was sent to
     * @param offset it got; -1 if that is not known
     * @param windowEnd end of the window it falls into
     * @param fate what became of it
     * @param refusedAt stage that has to refuse it; null for a good sample
     */
    record Sent(
            String id,
            int partition,
            long offset,
            long windowEnd,
            Fate fate,
            @Nullable String refusedAt) {}

    /**
     * A dead letter.
     *
     * @param partition the refused record's
     * @param offset the refused record's
     * @param stage that refused it
     */
    record Refused(int partition, long offset, String stage) {}

    /**
     * A mask update.
     *
     * @param status promoted, candidate or rejected
     * @param target share of the cost that is allowed
     * @param achieved share of the cost that is said to be needed
     * @param kept units of each sublayer, in model order
     */
    record Decided(
            String decision,
            String budget,
            long sequence,
            String version,
            long windowEnd,
            long samples,
            String statistics,
            String status,
            double target,
            double achieved,
            List<List<Integer>> kept) {

        /** Whether decisions take it for the live one from then on. */
        boolean moves() {
            return !status.equals("rejected");
        }
    }

    /** An announcement of a pruned model. */
    record Announced(String decision, String version, String location, String manifestDigest) {}

    /**
     * A drift report.
     *
     * @param update kind of the update, null if nothing was decided
     * @param version null if nothing was published
     * @param outcome what came of the window
     * @param live version that is live after it, null while none is
     */
    record Reported(
            String decision,
            String budget,
            long windowEnd,
            long samples,
            long heldOut,
            @Nullable String update,
            @Nullable String version,
            String outcome,
            @Nullable String live) {}
}
