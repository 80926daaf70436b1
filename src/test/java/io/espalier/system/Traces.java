package io.espalier.system;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.Feed;
import io.espalier.stream.Letter;
import io.espalier.stream.Outcome;
import io.espalier.stream.Traffic;
import io.espalier.system.Evidence.Announced;
import io.espalier.system.Evidence.Decided;
import io.espalier.system.Evidence.Refused;
import io.espalier.system.Evidence.Reported;
import io.espalier.system.Evidence.Sent;
import io.espalier.wire.DriftReport;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.codec.MaskBits;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** From what a job has published to what the checker is given. */
public final class Traces {

    private static final Duration STAGING_AGE = Duration.ofHours(1);

    private Traces() {}

    /**
     * What the checker finds; nothing for a sound run.
     *
     * @param feed has sent all of the traffic to a job with synthetic gradients
     */
    public static List<String> violations(Feed feed, Outcome outcome) throws Exception {
        EspalierConfig config = outcome.config();
        SyntheticOracle oracle =
                new SyntheticOracle(
                        config.model().directory(),
                        config.statistics().gradientRows(),
                        config.seed(),
                        config.heldOut().share());
        return Checker.check(evidence(history(feed), outcome), oracle).stream()
                .map(Violation::toString)
                .toList();
    }

    /** What was sent, as the producer knows it. */
    static List<Sent> history(Feed feed) throws Exception {
        List<Sent> sent = new ArrayList<>();
        for (Feed.Placed each : feed.placed()) {
            Traffic.Item item = each.item();
            sent.add(
                    new Sent(
                            item.sample().getId(),
                            item.partition(),
                            each.offset(),
                            item.windowEnd(),
                            Evidence.Fate.OK,
                            item.refusedAt() == null ? null : item.refusedAt().label()));
        }
        return sent;
    }

    /** The evidence of an undisturbed reader. */
    static Evidence evidence(List<Sent> sent, Outcome outcome) throws Exception {
        Path root = outcome.config().publish().root();
        List<String> staging;
        try (Stream<Path> left = Files.list(root.resolve(".staging"))) {
            // What is younger may still be referenced by a checkpoint.
            Instant old = Instant.now().minus(STAGING_AGE);
            staging =
                    left.filter(path -> isOlder(path, old))
                            .map(path -> String.valueOf(path.getFileName()))
                            .sorted()
                            .toList();
        }
        return new Evidence(
                sent,
                outcome.letters().stream().map(Traces::refused).toList(),
                outcome.masks().stream().map(Traces::decided).toList(),
                outcome.models().stream()
                        .map(
                                model ->
                                        new Announced(
                                                model.getDecisionId(),
                                                model.getVersion(),
                                                model.getLocation(),
                                                model.getManifestDigest()))
                        .toList(),
                outcome.reports().stream().map(Traces::reported).toList(),
                root,
                outcome.config().model().id(),
                staging);
    }

    private static boolean isOlder(Path path, Instant than) {
        try {
            return Files.getLastModifiedTime(path).toInstant().isBefore(than);
        } catch (IOException e) {
            return false; // Gone meanwhile.
        }
    }

    private static Refused refused(Letter letter) {
        return new Refused(letter.partition(), letter.offset(), letter.stage());
    }

    private static Decided decided(MaskUpdate mask) {
        return new Decided(
                mask.getDecisionId(),
                mask.getBudget(),
                mask.getSequence(),
                mask.getVersion(),
                mask.getWindowEnd(),
                mask.getSamples(),
                mask.getStatisticsDigest(),
                mask.getStatus(),
                mask.getCostTarget(),
                mask.getCostAchieved(),
                mask.getSublayers().stream()
                        .map(MaskBits::kept)
                        .map(units -> Arrays.stream(units).boxed().toList())
                        .toList());
    }

    private static Reported reported(DriftReport report) {
        return new Reported(
                report.getDecisionId(),
                report.getBudget(),
                report.getWindowEnd(),
                report.getSamples(),
                report.getHeldOutSamples(),
                report.getUpdate() == null ? null : report.getUpdate().toString(),
                report.getVersion(),
                report.getOutcome().toString(),
                report.getLiveVersion());
    }
}
