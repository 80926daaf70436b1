package io.espalier.cli;

import io.espalier.config.EspalierConfig;
import io.espalier.stream.KafkaPreflight;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code espalier send}: text to the calibration topic, as samples of a trial. */
@Command(
        name = "send",
        description = {
            "Sends text to the calibration topic of a job, as its samples.",
            "",
            "Everything is checked before anything is sent. Samples are called <file name>-<line>,"
                    + " go to the partitions in turn, and their event time is the Kafka record's"
                    + " timestamp: the present or, with --from and --rate, one that is made up, so"
                    + " that windows fill at once.",
            "",
            "A window is decided when EVERY partition has seen a sample beyond the window's end"
                    + " (plus espalier.window.max-out-of-orderness). So the last window of what is"
                    + " sent stays open until more is sent, or --flush is given: then each"
                    + " partition gets one sample more, the last one again, just that far beyond"
                    + " the end. It counts in the window after it. A sample that comes later with"
                    + " an event time before that end is late: a dead letter, unless"
                    + " espalier.window.allowed-lateness allows it.",
        },
        footer = {
            "",
            "Examples:",
            "  espalier send --config job.yaml --data traffic.tsv --flush",
            "  espalier send --config job.yaml --data monday.tsv --data tuesday.tsv --rate 50",
            "  espalier send --config job.yaml --data traffic.tsv --from 2026-11-01T12:00:00Z --rate"
                    + " 40 --flush",
            "  cut -f 3 access.log | espalier send --config job.yaml --plain --data - --id-prefix"
                    + " monday-",
            "",
            "At --rate 40 a window of one minute holds 2400 samples; the defaults of decision and",
            "promotion want about 1600. What came of them: 'espalier reports'.",
            "",
            "Kafka deletes by event time: samples older than the topic's retention (7 days by"
                    + " default)",
            "may be gone before the job reads them."
        })
final class SendCommand implements Callable<Integer> {

    private static final double MAX_RATE = 1e6;

    @Mixin private JobOptions job;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "FILE",
            description =
                    "UTF-8, a sample a line, columns separated by tabs, without quoting; the first"
                            + " line names the columns: text, and optionally label and text2. A"
                            + " label may be empty. '-' is standard input. Repeatable.")
    private List<String> files = List.of();

    @Option(names = "--plain", description = "A line is a text; no first line, no columns.")
    private boolean plain;

    @Option(
            names = "--id-prefix",
            paramLabel = "TEXT",
            description =
                    "Begins the samples' ids, which must be unique: to be given where a file is"
                            + " sent again.")
    private String idPrefix = "";

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description =
                    "Event time of the first sample, like 2026-11-01T12:00:00Z; needs --rate."
                            + " Default: the present, for each.")
    private @Nullable Instant from;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description =
                    "Samples a second of event time. With --from they are sent as fast as the"
                            + " broker takes them; without it, at this rate.")
    private @Nullable Double rate;

    @Option(
            names = "--flush",
            description = "Send each partition one sample more, which ends the last window.")
    private boolean flush;

    @Spec private CommandSpec spec;

    /** For picocli, which fills the fields. */
    @SuppressWarnings("NullAway.Init") // picocli sets required options before call().
    SendCommand() {}

    @Override
    public Integer call() throws Exception {
        EventTimes times = times();
        EspalierConfig config = job.config();
        SampleFiles read = SampleFiles.read(files, plain, idPrefix, System.in, config);
        String topic = config.kafka().topics().calibration();
        int partitions = KafkaPreflight.partitions(config, topic);
        SampleFeed.Sent sent;
        try (ProgressBars.Task task =
                ProgressBars.onStderr()
                        .start("send to " + topic, read.samples().size(), "samples")) {
            sent =
                    new SampleFeed(config, partitions, times, flush)
                            .send(read.samples(), task::stepTo);
        }
        summary(config, read, partitions, sent);
        return 0;
    }

    private EventTimes times() {
        if (rate != null && !(rate > 0 && rate <= MAX_RATE)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--rate is " + rate + "; it must be above 0 and at most " + (long) MAX_RATE);
        }
        if (from != null && rate == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--from " + from + " needs --rate, the samples a second of event time");
        }
        return new EventTimes(from, rate == null ? 0 : rate);
    }

    private void summary(
            EspalierConfig config, SampleFiles read, int partitions, SampleFeed.Sent sent) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "sent %d samples (%d labelled) to the %d partitions of %s at %s%n",
                sent.samples(),
                read.labelled(),
                partitions,
                config.kafka().topics().calibration(),
                config.kafka().requireBootstrapServers());
        out.printf("event time %s to %s%n", time(sent.first()), time(sent.last()));
        WindowEnds ends = WindowEnds.of(config);
        long end = ends.last(sent.last());
        out.printf(
                flush
                        ? "flushed with a sample of %2$s in each partition: windows up to %1$s can"
                                + " be decided%n"
                        : "their last window ends at %s and is decided when every partition has a"
                                + " sample of %s or later; --flush sends them%n",
                time(end),
                time(ends.flush(sent.last())));
        String labels = config.kafka().topics().labels();
        if (labels != null) {
            out.printf("and topic %s has to be as far, too: the job waits for labels%n", labels);
        }
        out.flush();
    }

    private static Instant time(long millis) {
        return Instant.ofEpochMilli(millis);
    }
}
