package io.espalier.cli;

import ai.onnxruntime.OnnxTensor;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.cli.LatencyFigures.Cell;
import io.espalier.cli.LatencyFigures.PartRow;
import io.espalier.cli.LatencyFigures.Parts;
import io.espalier.cost.MacCost;
import io.espalier.cost.Workload;
import io.espalier.model.TextClassifier;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whole models taking turns in both engines, one thread each, so that a machine that is busy for a
 * while slows them all.
 */
final class LatencyBench {

    /** Names of the engines, as options and files have them. */
    static final String ONNX_RUNTIME = "onnxruntime";

    static final String DJL = "djl";

    private static final int WARM_UP = 3;
    private static final int THREADS = 1;

    private final List<TimedModel> models;
    private final List<String> engines;
    private final int rounds;
    private final ProgressBars.Task progress;

    /**
     * A bench.
     *
     * @param models the first is what the others are compared with
     */
    LatencyBench(
            List<TimedModel> models, List<String> engines, int rounds, ProgressBars.Task progress) {
        this.models = List.copyOf(models);
        this.engines = List.copyOf(engines);
        this.rounds = rounds;
        this.progress = progress;
    }

    /** Calls that {@link #run} makes, for a progress bar. */
    static long calls(int models, int engines, int workloads, int rounds) {
        return (long) models * (engines * workloads + 1) * (WARM_UP + rounds);
    }

    /**
     * Measures.
     *
     * @param workloads to be run, at least one
     * @param profiled the one whose time is broken down
     * @param scratch where ONNX Runtime writes its profiles
     */
    LatencyFigures run(List<Workload> workloads, Workload profiled, Path scratch)
            throws IOException {
        Map<String, String> versions = new TreeMap<>();
        List<Cell> cells = new ArrayList<>();
        for (String engine : engines) {
            boolean onnx = engine.equals(ONNX_RUNTIME);
            versions.put(engine, onnx ? OnnxSession.version() : TextClassifier.engine());
            cells.addAll(onnx ? inOnnxRuntime(workloads) : inDjl(workloads));
        }
        return new LatencyFigures(
                Machine.describe(),
                THREADS,
                versions,
                rounds,
                models.get(0).name(),
                cells,
                engines.contains(ONNX_RUNTIME) ? parts(profiled, scratch) : null);
    }

    private List<Cell> inOnnxRuntime(List<Workload> workloads) {
        List<OnnxSession> sessions = new ArrayList<>();
        try {
            models.forEach(model -> sessions.add(OnnxSession.open(model.graph(), null)));
            List<Cell> cells = new ArrayList<>();
            for (Workload workload : workloads) {
                Map<String, OnnxTensor> inputs = batch(workload).tensors();
                try {
                    cells.addAll(
                            cells(
                                    ONNX_RUNTIME,
                                    workload,
                                    measure(
                                            sessions.stream()
                                                    .<Runnable>map(s -> () -> s.run(inputs))
                                                    .toList())));
                } finally {
                    inputs.values().forEach(OnnxTensor::close);
                }
            }
            return cells;
        } finally {
            sessions.forEach(OnnxSession::close);
        }
    }

    private List<Cell> inDjl(List<Workload> workloads) throws IOException {
        List<TextClassifier> classifiers = new ArrayList<>();
        try {
            for (TimedModel model : models) {
                classifiers.add(TextClassifier.load(model.weights()));
            }
            List<Cell> cells = new ArrayList<>();
            for (Workload workload : workloads) {
                var encodings = batch(workload).encodings();
                cells.addAll(
                        cells(
                                DJL,
                                workload,
                                measure(
                                        classifiers.stream()
                                                .<Runnable>map(c -> () -> c.logits(encodings))
                                                .toList())));
            }
            return cells;
        } finally {
            classifiers.forEach(TextClassifier::close);
        }
    }

    private MadeUpBatch batch(Workload workload) {
        return MadeUpBatch.of(workload, models.get(0).config().vocabulary());
    }

    private InterleavedTimes measure(List<Runnable> runs) {
        return InterleavedTimes.measure(
                runs.stream()
                        .<InterleavedTimes.Task>map(
                                run ->
                                        round -> {
                                            run.run();
                                            progress.step(1);
                                        })
                        .toList(),
                WARM_UP,
                rounds);
    }

    private List<Cell> cells(String engine, Workload workload, InterleavedTimes times) {
        double dense = times.medianSeconds(0) * 1e3;
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            double share = share(models.get(i), workload);
            cells.add(
                    new Cell(
                            engine,
                            workload.batch(),
                            workload.length(),
                            models.get(i).name(),
                            dense,
                            times.medianSeconds(i) * 1e3,
                            times.quantileSeconds(i, 25) * 1e3,
                            times.quantileSeconds(i, 75) * 1e3,
                            share,
                            times.speedup(i, 0),
                            times.speedup(i, 0) * share));
        }
        return cells;
    }

    /** Multiply-accumulates of a model's units in terms of the first model's. */
    private double share(TimedModel model, Workload workload) {
        return macs(model, workload) / macs(models.get(0), workload);
    }

    private static double macs(TimedModel model, Workload workload) {
        MacCost cost = MacCost.ofLength(model.config().hidden(), workload.length());
        double macs = 0;
        for (int s = 0; s < model.config().dense().size(); s++) {
            macs += cost.cost(model.config().dense().get(s), model.config().kept().get(s).length);
        }
        return macs;
    }

    private Parts parts(Workload workload, Path scratch) throws IOException {
        List<OnnxProfile> profiles = profiles(workload, scratch);
        List<PartRow> rows = new ArrayList<>();
        for (int i = 1; i < models.size(); i++) {
            double share = share(models.get(i), workload);
            for (ModelPart part : ModelPart.values()) {
                double dense = profiles.get(0).of(part);
                double own = profiles.get(i).of(part);
                if (dense > 0 || own > 0) {
                    rows.add(row(i, part.label(), dense, own, share));
                }
            }
            rows.add(row(i, "all", profiles.get(0).total(), profiles.get(i).total(), share));
        }
        return new Parts(workload.batch(), workload.length(), rows);
    }

    private PartRow row(int model, String part, double dense, double own, double share) {
        return new PartRow(models.get(model).name(), part, dense, own, own - share * dense);
    }

    private List<OnnxProfile> profiles(Workload workload, Path scratch) throws IOException {
        List<OnnxSession> sessions = new ArrayList<>();
        Map<String, OnnxTensor> inputs = batch(workload).tensors();
        try {
            for (int i = 0; i < models.size(); i++) {
                sessions.add(OnnxSession.open(models.get(i).graph(), scratch.resolve("p" + i)));
            }
            measure(sessions.stream().<Runnable>map(s -> () -> s.run(inputs)).toList());
            List<OnnxProfile> profiles = new ArrayList<>();
            for (OnnxSession session : sessions) {
                Path file = session.endProfile();
                profiles.add(OnnxProfile.of(new ObjectMapper().readTree(file.toFile()), WARM_UP));
            }
            return profiles;
        } finally {
            inputs.values().forEach(OnnxTensor::close);
            sessions.forEach(OnnxSession::close);
        }
    }
}
