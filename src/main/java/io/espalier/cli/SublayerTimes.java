package io.espalier.cli;

import ai.onnxruntime.OnnxTensor;
import io.espalier.architecture.BertConfig;
import io.espalier.cost.Workload;
import io.espalier.mask.Sublayer;
import io.espalier.mask.SublayerKind;
import io.espalier.onnx.bert.BertSublayers;
import io.espalier.onnx.graph.OnnxGraph;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What {@code bench latency --table} measured; as JSON a latency table with its circumstances.
 *
 * @param format of the file
 * @param machine in words
 * @param threads of the engine
 * @param engine with its version
 * @param rounds calls that each time is the lower quartile of
 * @param measuredHeads numbers of heads that were timed
 * @param measuredNeurons numbers of neurons that were timed
 * @param workloads a table for each
 */
record SublayerTimes(
        int format,
        String machine,
        int threads,
        String engine,
        int rounds,
        List<Integer> measuredHeads,
        List<Integer> measuredNeurons,
        List<Times> workloads) {

    private static final int FORMAT = 2;
    private static final int NEURON_WIDTHS = 32;
    private static final int WARM_UP = 3;

    /** Sublayers in one call where they are short, so that a call's own time does not count. */
    private static final int CHAIN = 4;

    /** Tokens of a call up to which sublayers are short. */
    private static final int SHORT = 256;

    /**
     * One workload's table.
     *
     * @param attention milliseconds for 1, 2, ... heads
     * @param ffn milliseconds for 1, 2, ... neurons, linear between the measured ones
     * @param last the same in the last layer
     */
    record Times(int batch, int length, List<Double> attention, List<Double> ffn, LastTimes last) {}

    /**
     * Times in the last layer.
     *
     * @param attention as in the others
     * @param ffn as in the others
     */
    record LastTimes(List<Double> attention, List<Double> ffn) {}

    /** Calls that {@link #measure} makes, for a progress bar. */
    static long calls(BertConfig config, int workloads, int rounds) {
        long widths = widths(units(config, SublayerKind.FFN)).size();
        long graphs = 2 * (widths + units(config, SublayerKind.ATTENTION));
        return graphs * workloads * (WARM_UP + rounds);
    }

    /** Measures all widths of a model's sublayers, in turn. */
    static SublayerTimes measure(
            BertConfig config, List<Workload> workloads, int rounds, ProgressBars.Task progress)
            throws IOException {
        List<Integer> heads =
                IntStream.rangeClosed(1, units(config, SublayerKind.ATTENTION)).boxed().toList();
        List<Integer> neurons = widths(units(config, SublayerKind.FFN));
        List<Times> measured = new ArrayList<>();
        for (Workload workload : workloads) {
            int chain = chain(config, workload);
            int beside = Math.min(CHAIN, config.dense().size() / 2);
            List<OnnxSession> sessions = new ArrayList<>();
            List<Integer> counts = new ArrayList<>();
            try {
                for (SublayerKind kind : List.of(SublayerKind.ATTENTION, SublayerKind.FFN)) {
                    for (int kept : kind == SublayerKind.ATTENTION ? heads : neurons) {
                        sessions.add(session(BertSublayers.chain(config, kind, kept, chain)));
                        sessions.add(session(BertSublayers.last(config, kind, kept, beside)));
                        counts.addAll(List.of(chain, beside));
                    }
                }
                InterleavedTimes times = time(sessions, config, workload, rounds, progress);
                List<Double> inner = new ArrayList<>();
                List<Double> last = new ArrayList<>();
                for (int i = 0; i < sessions.size(); i++) {
                    double each = times.quantileSeconds(i, 25) * 1e3 / counts.get(i);
                    (i % 2 == 0 ? inner : last).add(each);
                }
                int split = heads.size();
                int end = inner.size();
                measured.add(
                        new Times(
                                workload.batch(),
                                workload.length(),
                                interpolated(heads, inner.subList(0, split)),
                                interpolated(neurons, inner.subList(split, end)),
                                new LastTimes(
                                        interpolated(heads, last.subList(0, split)),
                                        interpolated(neurons, last.subList(split, end)))));
            } finally {
                sessions.forEach(OnnxSession::close);
            }
        }
        return new SublayerTimes(
                FORMAT,
                Machine.describe(),
                1,
                LatencyBench.ONNX_RUNTIME + " " + OnnxSession.version(),
                rounds,
                heads,
                neurons,
                measured);
    }

    private static int chain(BertConfig config, Workload workload) {
        boolean isShort = workload.batch() * workload.length() <= SHORT;
        return isShort ? Math.min(CHAIN, config.dense().size() / 2) : 1;
    }

    private static OnnxSession session(OnnxGraph graph) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        graph.write(bytes);
        return OnnxSession.of(bytes.toByteArray());
    }

    private static InterleavedTimes time(
            List<OnnxSession> sessions,
            BertConfig config,
            Workload workload,
            int rounds,
            ProgressBars.Task progress) {
        Map<String, OnnxTensor> inputs =
                MadeUpBatch.of(workload, config.vocabulary()).activations(config.hidden());
        try {
            return InterleavedTimes.measure(
                    sessions.stream()
                            .<InterleavedTimes.Task>map(
                                    session ->
                                            round -> {
                                                session.run(inputs);
                                                progress.step(1);
                                            })
                            .toList(),
                    WARM_UP,
                    rounds);
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private static int units(BertConfig config, SublayerKind kind) {
        return config.dense().stream()
                .filter(sublayer -> sublayer.kind() == kind)
                .mapToInt(Sublayer::units)
                .findFirst()
                .orElseThrow();
    }

    /** 1 and multiples of a step up to all. */
    private static List<Integer> widths(int units) {
        int step = (units + NEURON_WIDTHS - 1) / NEURON_WIDTHS;
        return IntStream.concat(
                        IntStream.of(1),
                        IntStream.rangeClosed(1, NEURON_WIDTHS).map(i -> Math.min(i * step, units)))
                .distinct()
                .boxed()
                .toList();
    }

    /** Times for every number of units from 1 to the last width, linear between measured ones. */
    static List<Double> interpolated(List<Integer> widths, List<Double> times) {
        List<Double> all = new ArrayList<>();
        for (int i = 0; i < widths.size(); i++) {
            int from = i == 0 ? 0 : widths.get(i - 1);
            double before = i == 0 ? times.get(0) : times.get(i - 1);
            for (int units = from + 1; units <= widths.get(i); units++) {
                double share = (double) (units - from) / (widths.get(i) - from);
                all.add(before + share * (times.get(i) - before));
            }
        }
        return all;
    }

    /** The line above the table. */
    String head() {
        return "%s; threads: %d; %s; lower quartiles of %d calls, milliseconds"
                .formatted(machine, threads, engine, rounds);
    }

    /** One row for each measured width, a column for each workload. */
    TextTable table() {
        TextTable table =
                new TextTable(
                        Stream.concat(
                                        Stream.of("sublayer", "units"),
                                        workloads.stream().map(t -> "b" + t.batch + "s" + t.length))
                                .toArray(String[]::new));
        rows(table, "attention", measuredHeads, columns(Times::attention));
        rows(table, "ffn", measuredNeurons, columns(Times::ffn));
        rows(table, "last attention", measuredHeads, columns(times -> times.last.attention));
        rows(table, "last ffn", measuredNeurons, columns(times -> times.last.ffn));
        return table;
    }

    private List<List<Double>> columns(Function<Times, List<Double>> of) {
        return workloads.stream().map(of).toList();
    }

    private static void rows(
            TextTable table, String name, List<Integer> widths, List<List<Double>> times) {
        for (int width : widths) {
            table.row(
                    Stream.concat(
                                    Stream.of(name, Integer.toString(width)),
                                    times.stream()
                                            .map(column -> column.get(width - 1))
                                            .map(ms -> String.format(Locale.ROOT, "%.3f", ms)))
                            .toArray(String[]::new));
        }
    }
}
