package io.espalier.cli;

import org.apache.commons.math3.stat.StatUtils;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Milliseconds of one call by part, from what ONNX Runtime's profiler wrote: of each node, and of
 * what a call takes beside its nodes, the median over the calls but for the first ones.
 *
 * @param milliseconds an entry for each part
 */
record OnnxProfile(Map<ModelPart, Double> milliseconds) {

    private static final String NODE_SUFFIX = "_kernel_time";
    private static final String RUN = "model_run";

    /** Copies the map. */
    OnnxProfile {
        milliseconds = Map.copyOf(milliseconds);
    }

    /**
     * Adds up events.
     *
     * @param events the profiler's list
     * @param warmUp calls to leave out
     */
    static OnnxProfile of(JsonNode events, int warmUp) {
        Map<String, List<Double>> nodes = new HashMap<>();
        List<Double> runs = new ArrayList<>();
        for (JsonNode event : events) {
            String name = event.path("name").asText();
            double milliseconds = event.path("dur").asDouble() * 1e-3;
            if (event.path("cat").asText().equals("Node") && name.endsWith(NODE_SUFFIX)) {
                String node = name.substring(0, name.length() - NODE_SUFFIX.length());
                nodes.computeIfAbsent(node, n -> new ArrayList<>()).add(milliseconds);
            } else if (name.equals(RUN)) {
                runs.add(milliseconds);
            }
        }
        Map<ModelPart, Double> parts = new EnumMap<>(ModelPart.class);
        for (ModelPart part : ModelPart.values()) {
            parts.put(part, 0.0);
        }
        nodes.forEach(
                (node, times) -> {
                    requireCalls(node, times.size(), runs.size());
                    parts.merge(ModelPart.of(node), median(times, warmUp), Double::sum);
                    for (int call = 0; call < times.size(); call++) {
                        runs.set(call, runs.get(call) - times.get(call));
                    }
                });
        parts.put(ModelPart.OUTSIDE, Math.max(0, median(runs, warmUp)));
        return new OnnxProfile(parts);
    }

    private static void requireCalls(String node, int times, int runs) {
        if (times != runs) {
            throw new IllegalStateException(
                    "ONNX Runtime's profile has %d calls, and %d of node '%s'"
                            .formatted(runs, times, node));
        }
    }

    private static double median(List<Double> times, int warmUp) {
        double[] counted = times.stream().skip(warmUp).mapToDouble(Double::doubleValue).toArray();
        return StatUtils.percentile(counted, 50);
    }

    /** Time of a part. */
    double of(ModelPart part) {
        return milliseconds.getOrDefault(part, 0.0);
    }

    /** Time of the whole call. */
    double total() {
        return milliseconds.values().stream().mapToDouble(Double::doubleValue).sum();
    }
}
