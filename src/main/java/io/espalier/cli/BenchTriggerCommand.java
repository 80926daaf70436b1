package io.espalier.cli;

import org.apache.flink.configuration.Configuration;

import io.espalier.config.EspalierConfig;
import io.espalier.config.EspalierOptions;
import io.espalier.demo.DemoModel;
import io.espalier.demo.DriftPlan;
import io.espalier.demo.Folders;
import io.espalier.demo.MavenAssets;
import io.espalier.demo.Part;
import io.espalier.demo.WordNet;
import io.espalier.stream.BoundedRun;
import io.espalier.stream.KafkaJob;
import io.espalier.stream.ParentModel;
import io.espalier.stream.type.RawRecord;
import io.espalier.wire.DriftReport;
import io.espalier.wire.codec.Origin;
import io.espalier.wire.codec.RecordCodec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code espalier bench trigger}: whether a shift of the traffic is noticed, and nothing else. */
@Command(
        name = "trigger",
        description = {
            "Measures whether a shift of the topics fires a decision, and how often nothing does.",
            "",
            "Runs the job's own pipeline, without Kafka, over dictionary glosses with the demo's"
                    + " encoder: windows of one",
            "mix of nouns and verbs, then windows of another. The first window makes the model"
                    + " that is live; no schedule,",
            "so whatever fires later fires for drift."
        },
        footer = {
            "",
            "A window's 'distance' is that of its units' importance to the live model's baseline,"
                    + " 'noise' what two halves",
            "of a window are apart: the 95th percentile over the last 20 windows. Levels and"
                    + " triggers: docs/drift.md.",
            "",
            "Examples:",
            "  espalier bench trigger",
            "  espalier bench trigger --stationary 40 --samples 800 --seed 3 --json trigger.json"
        })
final class BenchTriggerCommand implements Callable<Integer> {

    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int MAX_LENGTH = 64;
    private static final long MODEL_SEED = 17;

    @Spec
    @SuppressWarnings("NullAway.Init") // Injected.
    private CommandSpec spec;

    @Option(
            names = "--stationary",
            paramLabel = "N",
            description = "Windows of the first mix (default: ${DEFAULT-VALUE}).")
    private int stationary = 22;

    @Option(
            names = "--shifted",
            paramLabel = "N",
            description = "Windows of the second mix (default: ${DEFAULT-VALUE}).")
    private int shifted = 4;

    @Option(
            names = "--verbs",
            paramLabel = "SHARE",
            description = "Share of verbs in the first mix (default: ${DEFAULT-VALUE}).")
    private double verbs = 0.2;

    @Option(
            names = "--shifted-verbs",
            paramLabel = "SHARE",
            description = "Share of verbs in the second mix (default: ${DEFAULT-VALUE}).")
    private double shiftedVerbs = 0.8;

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "Glosses in a window (default: ${DEFAULT-VALUE}).")
    private int samples = 400;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of the glosses and the job (default: ${DEFAULT-VALUE}).")
    private long seed = EspalierOptions.SEED.defaultValue();

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write the numbers to a file.")
    private @Nullable Path json;

    @Override
    public Integer call() throws Exception {
        Ranges.require(spec, "--stationary", stationary, 1, 100_000);
        Ranges.require(spec, "--shifted", shifted, 0, 100_000);
        Ranges.require(spec, "--samples", samples, 64, 1 << 20);
        if (json != null) {
            OutputFiles.prepareFile(json);
        }
        TriggerReport report = TriggerReport.of(run(), stationary, START, WINDOW);
        PrintWriter out = spec.commandLine().getOut();
        report.print(out);
        out.flush();
        if (json != null) {
            OutputFiles.writeJson(json, report);
        }
        return 0;
    }

    private List<DriftReport> run() throws Exception {
        DemoModel model;
        try (DemoBars bars = new DemoBars()) {
            Path cache = MavenAssets.defaultCache(System.getenv());
            MavenAssets assets =
                    new MavenAssets(cache, MavenAssets.defaultMaven(System.getenv()), bars);
            model = DemoModel.prepare(assets, cache, bars, MODEL_SEED);
        }
        List<RawRecord> records = records(WordNet.read(model.wordNet()));
        Path store = Files.createTempDirectory("espalier-trigger-");
        try {
            EspalierConfig config = EspalierConfig.from(configuration(model, store));
            try (ScoringProgress progress =
                    ScoringProgress.start("score", records.size(), KafkaJob.scorers(config))) {
                return BoundedRun.of(records, ParentModel.read(config), config, progress.scorers())
                        .reports();
            }
        } finally {
            Folders.delete(store);
        }
    }

    private List<RawRecord> records(WordNet glosses) {
        List<Double> shares = new ArrayList<>(Collections.nCopies(stationary, verbs));
        shares.addAll(Collections.nCopies(shifted, shiftedVerbs));
        DriftPlan plan = new DriftPlan(shares, samples, WINDOW, START, seed);
        List<RawRecord> records = new ArrayList<>();
        plan.samples(glosses.part(Part.STREAM, false, seed), glosses.part(Part.STREAM, true, seed))
                .forEach(
                        timed ->
                                records.add(
                                        new RawRecord(
                                                RecordCodec.CALIBRATION_SAMPLE.encode(
                                                        timed.sample()),
                                                new Origin(
                                                        "glosses",
                                                        0,
                                                        records.size(),
                                                        timed.eventTime()))));
        return records;
    }

    /** Any candidate passes: what is measured is when one is made. */
    private Configuration configuration(DemoModel model, Path store) {
        Configuration configuration = new Configuration();
        configuration.set(EspalierOptions.MODEL_DIRECTORY, model.directory().toString());
        configuration.set(EspalierOptions.MODEL_ID, "glosses");
        configuration.set(EspalierOptions.MODEL_MAX_LENGTH, MAX_LENGTH);
        configuration.set(EspalierOptions.WINDOW_SIZE, WINDOW);
        configuration.set(EspalierOptions.PROMOTION_MARGIN, 1.0);
        configuration.set(EspalierOptions.PROMOTION_TOLERANCE, 1.0);
        configuration.set(EspalierOptions.PROMOTION_CONFIDENCE, 0.6);
        configuration.set(EspalierOptions.PROMOTION_MIN_SAMPLES, 1);
        configuration.set(EspalierOptions.PUBLISH_ROOT, store.toString());
        configuration.set(EspalierOptions.SEED, seed);
        return configuration;
    }
}
