package io.espalier.stream;

import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamEdge;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;

import io.espalier.config.EspalierConfig;
import io.espalier.config.EspalierOptions;
import io.espalier.model.ModelDescription;
import io.espalier.testing.TinyBert;
import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** The job's graph: what a savepoint is found again by, and what crosses the network. */
class KafkaJobGraphTest {

    private static final Path ANY = Path.of("model").toAbsolutePath();

    private static final List<String> STEPS =
            List.of(
                    "decode",
                    "score",
                    "fold",
                    "summaries",
                    "judges",
                    "decode-commands",
                    "commands",
                    "decide",
                    "decode-labels",
                    "labels");

    private static final List<String> SINKS =
            List.of("publish", "masks", "models", "drift", "acknowledgements", "dead-letters");

    private static final List<String> SOURCES = List.of("source", "control-source", "label-source");

    private final StreamExecutionEnvironment environment =
            new StreamExecutionEnvironment(new Configuration());
    private final StreamGraph graph = define(environment);

    /** Changing a uid loses the state of every running job. */
    @Test
    void everyOperatorHasItsUidAndItsName() {
        Map<String, String> names = new HashMap<>();
        SOURCES.forEach(source -> names.put(source, "Source: " + source));
        STEPS.forEach(step -> names.put(step, step));
        for (String sink : SINKS) {
            names.put(sink, sink + ": Writer");
            names.put("Sink Committer: " + sink, sink + ": Committer");
        }
        Map<String, String> found = new HashMap<>();
        for (StreamNode node : graph.getStreamNodes()) {
            found.put(node.getTransformationUID(), node.getOperatorName());
        }
        assertThat(found).isEqualTo(names);
        assertThat(graph.getStreamNodes()).hasSize(names.size());
    }

    @Test
    void nothingThatCrossesTheNetworkIsOfAGenericType() {
        assertThat(graph.getExecutionConfig().getSerializerConfig().hasGenericTypesDisabled())
                .isTrue();
        List<TypeSerializer<?>> serializers = new ArrayList<>();
        for (StreamNode node : graph.getStreamNodes()) {
            serializers.addAll(List.of(node.getTypeSerializersIn()));
            for (StreamEdge edge : node.getOutEdges()) {
                if (edge.getOutputTag() == null) {
                    serializers.add(node.getTypeSerializerOut());
                } else {
                    serializers.add(
                            edge.getOutputTag()
                                    .getTypeInfo()
                                    .createSerializer(
                                            graph.getExecutionConfig().getSerializerConfig()));
                }
            }
        }
        assertThat(serializers)
                .hasSizeGreaterThan(graph.getStreamNodes().size())
                .noneMatch(serializer -> serializer instanceof KryoSerializer);
    }

    @Test
    void theJobItselfAsksForExactlyOnceCheckpointsAndFixesTheKeyGroups() {
        assertThat(graph.getCheckpointConfig().getCheckpointInterval())
                .isEqualTo(Duration.ofSeconds(7).toMillis());
        assertThat(graph.getCheckpointConfig().getCheckpointingConsistencyMode())
                .isEqualTo(CheckpointingMode.EXACTLY_ONCE);
        assertThat(environment.getMaxParallelism()).isEqualTo(Pipeline.MAX_PARALLELISM);
    }

    private static StreamGraph define(StreamExecutionEnvironment environment) {
        Configuration configuration = new Configuration();
        configuration.set(EspalierOptions.MODEL_DIRECTORY, ANY.toString());
        configuration.set(EspalierOptions.PUBLISH_ROOT, ANY.resolveSibling("store").toString());
        configuration.set(EspalierOptions.KAFKA_BOOTSTRAP_SERVERS, "localhost:9092");
        configuration.set(EspalierOptions.KAFKA_TOPIC_LABELS, "labels");
        configuration.set(EspalierOptions.CHECKPOINT_DIRECTORY, "file:///checkpoints");
        configuration.set(EspalierOptions.CHECKPOINT_INTERVAL, Duration.ofSeconds(7));
        ParentModel parent =
                new ParentModel(
                        ANY,
                        TinyBert.POSITIONS,
                        new ModelDescription(
                                "0".repeat(64),
                                List.of("a", "b", "c"),
                                TinyBert.HIDDEN,
                                TinyBert.POSITIONS,
                                1,
                                1,
                                TinyBert.sublayers(),
                                List.of(),
                                null),
                        null);
        KafkaJob.define(environment, parent, EspalierConfig.from(configuration));
        return environment.getStreamGraph();
    }
}
