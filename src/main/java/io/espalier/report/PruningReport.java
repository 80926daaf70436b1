package io.espalier.report;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;

/**
 * What {@code report.json} says: all facts of one published version.
 *
 * <p>A function of the input, without a clock, so that a replay writes the same bytes. Measured
 * times are none of it; they stand in {@code run.json}. Fractions are rounded to six significant
 * digits when the record is made, and NaN becomes null: not known.
 *
 * @param format 1
 * @param model id of the model
 * @param version id of the version
 * @param tool program and version that wrote it
 * @param parent {@code sha256:} and the digest of the dense parent's {@code model.safetensors}
 * @param window whose samples decided and judged
 * @param budget share allowed and used
 * @param decision what was decided and why
 * @param drift of each kind of unit; empty where nobody compares windows
 * @param quality on held-out samples
 * @param totals dense and pruned
 * @param sublayers in model order
 * @param formats that were asked for, in the order of the documentation
 */
public record PruningReport(
        int format,
        String model,
        String version,
        String tool,
        String parent,
        Window window,
        Budget budget,
        Decision decision,
        List<Drift> drift,
        Qualities quality,
        Totals totals,
        List<SublayerReport> sublayers,
        List<Format> formats) {

    /** Name of the file. */
    public static final String FILE = "report.json";

    /** Name of the page for people. */
    public static final String PAGE = "report.html";

    /** The format that this build writes and reads. */
    public static final int FORMAT = 1;

    /** Refuses another format, bad ids and doubled sublayers; copies the lists. */
    public PruningReport {
        if (format != FORMAT) {
            throw new IllegalArgumentException(
                    "format " + format + ", this build reads format " + FORMAT);
        }
        Facts.folderName("model", model);
        Facts.folderName("version", version);
        Facts.present("tool", tool);
        Facts.present("parent", parent);
        Facts.present("window", window);
        Facts.present("budget", budget);
        Facts.present("decision", decision);
        Facts.present("quality", quality);
        Facts.present("totals", totals);
        drift = Facts.distinct("drift", drift, Drift::kind);
        sublayers = Facts.distinct("sublayers", sublayers, SublayerReport::id);
        formats = Facts.distinct("formats", formats, Format::name);
    }

    /**
     * A span of event time and its samples.
     *
     * @param start first millisecond since the epoch
     * @param end first millisecond after it
     * @param samples calibration samples in the statistics
     * @param effectiveSamples what they are worth after forgetting
     * @param heldOutSamples kept from the decision to judge it
     * @param meanLength of the samples, tokens
     */
    public record Window(
            long start,
            long end,
            long samples,
            double effectiveSamples,
            long heldOutSamples,
            double meanLength) {

        /** Checks the order and rounds. */
        public Window {
            if (end < start) {
                throw new IllegalArgumentException("window ends at " + end + ", before " + start);
            }
            Facts.count("window.samples", samples);
            Facts.count("window.heldOutSamples", heldOutSamples);
            effectiveSamples = Facts.number("window.effectiveSamples", effectiveSamples);
            meanLength = Facts.number("window.meanLength", meanLength);
        }
    }

    /**
     * The share of the dense cost that is kept.
     *
     * @param spec as configured, like {@code macs=0.5}
     * @param target share allowed
     * @param achieved share used
     * @param roundTo number of which kept widths are multiples; 1 if any width may be
     */
    public record Budget(String spec, double target, double achieved, int roundTo) {

        /** Rounds. */
        public Budget {
            Facts.present("budget.spec", spec);
            target = Facts.number("budget.target", target);
            achieved = Facts.number("budget.achieved", achieved);
            if (roundTo < 1) {
                throw new IllegalArgumentException("budget.roundTo is " + roundTo + ", least is 1");
            }
        }
    }

    /**
     * What was decided.
     *
     * @param id unique name of the decision
     * @param profile of the numerics
     * @param loss whose gradients decided
     * @param trigger why a decision was due, like {@code drift}; null if a command asked once
     * @param update {@code re-tune} or {@code re-mask}; null where nobody chooses
     * @param outcome what became of the version
     * @param reason all of it in a sentence
     * @param predicted errors that the choice rests on
     */
    public record Decision(
            String id,
            String profile,
            String loss,
            @Nullable String trigger,
            @Nullable String update,
            Outcome outcome,
            String reason,
            PredictedErrors predicted) {

        /** Refuses what is missing. */
        public Decision {
            Facts.present("decision.id", id);
            Facts.present("decision.profile", profile);
            Facts.present("decision.loss", loss);
            Facts.present("decision.outcome", outcome);
            Facts.present("decision.reason", reason);
            Facts.present("decision.predicted", predicted);
        }
    }

    /**
     * Loss that the statistics predict, to second order, nats a sample; null where it is not known.
     *
     * @param live of the live model as it is
     * @param retuned of its structure with projections solved anew
     * @param best of the best structure for the window
     */
    public record PredictedErrors(
            @Nullable Double live, @Nullable Double retuned, @Nullable Double best) {

        /** Rounds. */
        public PredictedErrors {
            live = Facts.known(live);
            retuned = Facts.known(retuned);
            best = Facts.known(best);
        }
    }

    /**
     * How far the traffic is from what the live model was made for, in the units of one kind; null
     * where there is nothing to compare with.
     *
     * @param kind {@code attention} or {@code ffn}
     * @param cosine of the Fisher diagonal with the live model's baseline, in [0, 1]
     * @param trace sum of the Fisher diagonal, nats a sample
     * @param distance of importance profiles to the baseline, Hellinger, in [0, 1]
     * @param noiseFloor what chance alone makes of that distance
     * @param moved Jaccard distance of the kept units to the live mask's, in [0, 1]
     */
    public record Drift(
            String kind,
            @Nullable Double cosine,
            @Nullable Double trace,
            @Nullable Double distance,
            @Nullable Double noiseFloor,
            @Nullable Double moved) {

        /** Rounds. */
        public Drift {
            Facts.kind("drift.kind", kind);
            cosine = Facts.known(cosine);
            trace = Facts.known(trace);
            distance = Facts.known(distance);
            noiseFloor = Facts.known(noiseFloor);
            moved = Facts.known(moved);
        }
    }

    /**
     * Qualities on the same held-out samples; null where there is no model, or nobody to judge it.
     *
     * @param dense of the parent
     * @param live of what was live before
     * @param candidate of this version
     * @param comparison that decided whether this version may go live
     */
    public record Qualities(
            @Nullable Quality dense,
            @Nullable Quality live,
            @Nullable Quality candidate,
            @Nullable Comparison comparison) {

        /** For a version that nobody judged. */
        public static final Qualities UNKNOWN = new Qualities(null, null, null, null);
    }

    /**
     * How one model does.
     *
     * @param samples that judged
     * @param labelled how many of them have a label
     * @param accuracy share of the labelled ones that are classified rightly, in [0, 1]
     * @param loss mean cross-entropy of the labelled ones, nats
     * @param agreement share of the samples that get the dense model's class, in [0, 1]
     * @param divergence mean KL(dense || this), nats
     */
    public record Quality(
            long samples,
            long labelled,
            @Nullable Double accuracy,
            @Nullable Double loss,
            @Nullable Double agreement,
            @Nullable Double divergence) {

        /** Rounds. */
        public Quality {
            Facts.count("quality.samples", samples);
            Facts.count("quality.labelled", labelled);
            accuracy = Facts.known(accuracy);
            loss = Facts.known(loss);
            agreement = Facts.known(agreement);
            divergence = Facts.known(divergence);
        }
    }

    /**
     * The paired test on the held-out samples.
     *
     * @param measure {@code accuracy}: errors are answers other than the label; {@code agreement}:
     *     other than the dense model's
     * @param samples that were counted
     * @param difference of the error rates, this version less what it was compared with
     * @param bound what that is at most, at the configured confidence
     * @param limit the largest bound that passes
     * @param verdict all of it in a sentence
     */
    public record Comparison(
            String measure,
            long samples,
            @Nullable Double difference,
            @Nullable Double bound,
            double limit,
            String verdict) {

        /** Rounds. */
        public Comparison {
            Facts.present("comparison.measure", measure);
            Facts.count("comparison.samples", samples);
            difference = Facts.known(difference);
            bound = Facts.known(bound);
            limit = Facts.number("comparison.limit", limit);
            Facts.present("comparison.verdict", verdict);
        }
    }

    /**
     * Sizes of the whole model.
     *
     * @param parameters numbers in the weights file
     * @param macs of the encoder's units, per sample of the window's mean length
     * @param bytes of the weights file
     */
    public record Totals(Change parameters, Change macs, Change bytes) {

        /** Refuses what is missing. */
        public Totals {
            Facts.present("totals.parameters", parameters);
            Facts.present("totals.macs", macs);
            Facts.present("totals.bytes", bytes);
        }
    }

    /**
     * A size.
     *
     * @param before of the dense parent
     * @param after of this version
     */
    public record Change(long before, long after) {

        /** Refuses negative sizes. */
        public Change {
            Facts.count("totals.before", before);
            Facts.count("totals.after", after);
        }

        /** The share that is kept; 1 of nothing. */
        double share() {
            return before == 0 ? 1 : (double) after / before;
        }
    }

    /**
     * One way to load the model.
     *
     * @param name of the format and its folder
     * @param written whether it is there
     * @param bytes of its files; null if that is not known
     * @param reason why it is not there; null if it is
     */
    public record Format(
            String name, boolean written, @Nullable Long bytes, @Nullable String reason) {

        /** A format that is missing has a reason, one that is there has none. */
        public Format {
            Facts.present("formats.name", name);
            if (written == (reason != null)) {
                throw new IllegalArgumentException(
                        "format '"
                                + name
                                + "' is "
                                + (written
                                        ? "written, and says why not"
                                        : "not written, unsaid why"));
            }
        }

        /** A format that is there. */
        public static Format written(String name, long bytes) {
            return new Format(name, true, bytes, null);
        }

        /** A format that is not there. */
        public static Format omitted(String name, String reason) {
            return new Format(name, false, null, reason);
        }
    }

    /** The file's bytes. */
    public byte[] toJson() throws IOException {
        return ReportJson.write(this);
    }

    /**
     * Reads the file's bytes.
     *
     * @throws IOException if they are not what {@link #toJson} gives
     */
    public static PruningReport fromJson(byte[] json) throws IOException {
        return ReportJson.read(json);
    }
}
