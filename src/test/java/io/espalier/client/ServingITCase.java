package io.espalier.client;

import ai.djl.huggingface.translator.TextClassificationTranslatorFactory;
import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.espalier.artifact.ModelFormat;
import io.espalier.artifact.SelfCheck;
import io.espalier.client.Clients.Asked;
import io.espalier.demo.EmbeddedBroker;
import io.espalier.example.ExampleService;
import io.espalier.testing.TinyBert;
import io.espalier.wire.CandidateStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static io.espalier.client.Store.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The example service, with real models in ONNX Runtime, under load while models change. */
class ServingITCase {

    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final JsonMapper JSON = new JsonMapper();
    private static final int THREADS = 4;
    private static final int REQUESTS = 1_000;
    private static final int SWAPS = 10;

    /** Number of the first version that must never answer. */
    private static final int DAMAGED = 101;

    /** Between the kernels of ONNX Runtime and of PyTorch, on logits of a few units. */
    private static final float TOLERANCE = 1e-4f;

    private static final List<String> TEXTS =
            IntStream.range(0, 8).mapToObj(TinyBert.batches().get(0)::text).toList();

    private final Store store;
    private final Told told = new Told();
    private final CountingLoader loader = new CountingLoader(OnnxNetwork.loader(1));

    ServingITCase(@TempDir Path directory) throws IOException {
        store = new Store(directory);
    }

    private LiveClassifier open() throws IOException, InterruptedException {
        return LiveClassifier.following(
                        Followed.directory(store.root(), Store.MODEL, Store.BUDGET, LOOK))
                .loader(loader)
                .listener(told)
                .open(LIMIT);
    }

    /** Publishes a version that must never answer, and names it live. */
    private interface Damage {
        void promote(int number) throws IOException;
    }

    private List<Damage> damages() {
        return List.of(
                this::aFlippedByte,
                this::aMissingFile,
                number -> store.pointWrongly(store.publishComplete(number)),
                this::aSelfCheckItDoesNotReproduce,
                this::aGraphThatIsNone,
                number ->
                        store.point(store.publish(number, Set.of(), Store::selfCheck))); // No onnx/
    }

    private void aFlippedByte(int number) throws IOException {
        ModelVersion version = store.publishComplete(number);
        Path file = store.directory(number).resolve("onnx/model.onnx");
        byte[] graph = Files.readAllBytes(file);
        graph[graph.length / 2] ^= 1;
        Files.write(file, graph);
        store.point(version);
    }

    private void aMissingFile(int number) throws IOException {
        ModelVersion version = store.publishComplete(number);
        Files.delete(store.directory(number).resolve("onnx/tokenizer.json"));
        store.point(version);
    }

    private void aSelfCheckItDoesNotReproduce(int number) throws IOException {
        store.point(
                store.publish(
                        number,
                        Set.of(ModelFormat.ONNX),
                        draft -> {
                            SelfCheck check = Store.selfCheck(draft);
                            float[][] logits = new float[check.logits().size()][];
                            for (int i = 0; i < logits.length; i++) {
                                logits[i] = floats(check.logits().get(i));
                            }
                            logits[logits.length - 1][0] += 2e-4f;
                            return SelfCheck.of(check.inputs(), logits);
                        }));
    }

    private static float[] floats(List<Float> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i);
        }
        return floats;
    }

    private void aGraphThatIsNone(int number) throws IOException {
        store.publish(number, Set.of(ModelFormat.ONNX), Store::selfCheck);
        Path graph = store.directory(number).resolve("onnx/model.onnx");
        byte[] nothing = new byte[Math.toIntExact(Files.size(graph))];
        store.point(store.forge(number, "onnx/model.onnx", nothing));
    }

    @Test
    void answersEveryRequestWhileTenModelsAreSwappedAndSixAreRefused() throws Exception {
        List<Damage> damages = damages();
        store.point(store.publishComplete(1));
        List<Asked> asked;
        try (ExampleService service = new ExampleService(open(), 0);
                Clients clients = new Clients(THREADS, service.port(), TEXTS)) {
            clients.awaitRequests(REQUESTS / SWAPS);
            for (int i = 0; i < SWAPS; i++) {
                store.point(store.publishComplete(i + 2));
                told.await("swapped to " + version(i + 2));
                if (i < damages.size()) {
                    damages.get(i).promote(DAMAGED + i);
                    told.await("refused " + version(DAMAGED + i));
                }
                clients.awaitRequests(REQUESTS / SWAPS);
            }
            asked = clients.stop();
        }
        assertThat(asked).hasSizeGreaterThanOrEqualTo(REQUESTS);
        assertThat(asked).extracting(Asked::status).containsOnly(200);
        Set<String> good =
                IntStream.rangeClosed(1, SWAPS + 1)
                        .mapToObj(Store::version)
                        .collect(Collectors.toSet());
        assertThat(asked.stream().map(Asked::version).collect(Collectors.toSet())).isEqualTo(good);
        assertEveryAnswerIsTheNamedModels(asked);
        assertThat(told.events("retired")).hasSize(good.size());
        assertThat(loader.closed()).isEqualTo(loader.loaded());
        assertThat(told.events("refused").toString())
                .contains(
                        "onnx/model.onnx' has sha256",
                        "onnx/tokenizer.json' is missing",
                        "expected 0f0f",
                        "selfcheck.json: input 4",
                        "ONNX Runtime refuses it",
                        "there is no 'onnx/config.json'");
        System.out.printf(
                "%d requests on %d models, %d versions refused%n",
                asked.size(), good.size(), damages.size());
    }

    @Test
    void followsTheModelsTopicAheadOfItsDirectoriesAndBackAgain(@TempDir Path directory)
            throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("broker"))) {
            broker.createTopics(List.of("models"), 1);
            try (ModelsTopic topic = new ModelsTopic(broker.bootstrapServers(), "models")) {
                followTheTopic(broker.bootstrapServers(), topic);
            }
        }
    }

    private void followTheTopic(String servers, ModelsTopic topic) throws Exception {
        ModelVersion second = store.publishComplete(2);
        topic.promote(store.publishComplete(1));
        topic.promote(second);
        List<Asked> asked;
        LiveClassifier classifier =
                LiveClassifier.following(
                                Followed.topic(
                                        Map.of("bootstrap.servers", servers),
                                        "models",
                                        store.root(),
                                        Store.MODEL,
                                        Store.BUDGET))
                        .loader(loader)
                        .listener(told)
                        .open(LIMIT);
        try (ExampleService service = new ExampleService(classifier, 0);
                Clients clients = new Clients(THREADS, service.port(), TEXTS)) {
            clients.awaitRequests(REQUESTS / SWAPS);
            Store elsewhere = new Store(store.root().resolveSibling("elsewhere"));
            topic.promote(elsewhere.publishComplete(3)); // The same bytes, so the same digest.
            clients.awaitRequests(REQUESTS / SWAPS);
            store.publishComplete(3);
            told.await("swapped to " + version(3));

            topic.promoteInVain(store.publishComplete(4));
            topic.announce(store.publishComplete(5), CandidateStatus.CANDIDATE);
            topic.announce(store.publishComplete(6), CandidateStatus.REJECTED);
            topic.sendCommitted(new byte[] {1, 2, 3});
            topic.promote(new ModelVersion(Store.MODEL, version(6), "0f".repeat(32)));
            told.await("refused " + version(6));
            clients.awaitRequests(REQUESTS / SWAPS);

            for (int i = 7; i <= 9; i++) {
                topic.promote(store.publishComplete(i));
                told.await("swapped to " + version(i));
                clients.awaitRequests(REQUESTS / SWAPS);
            }
            topic.promote(second);
            told.await("back to " + version(2));
            clients.awaitRequests(REQUESTS / SWAPS);
            asked = clients.stop();
        }
        assertThat(asked).extracting(Asked::status).containsOnly(200);
        assertThat(asked.stream().map(Asked::version).collect(Collectors.toSet()))
                .isEqualTo(Set.of(version(2), version(3), version(7), version(8), version(9)));
        assertEveryAnswerIsTheNamedModels(asked);
        assertThat(told.events("swapped")).as("1 was over before this began").hasSize(5);
        assertThat(told.events("troubled").toString()).contains("offset", "3 bytes do not begin");
        assertThat(loader.closed()).isEqualTo(loader.loaded()).isEqualTo(6);
    }

    @Test
    void inDjlTheSameDirectoryGivesTheSameLogits() throws Exception {
        store.point(store.publishComplete(1));
        try (LiveClassifier onnx = open();
                LiveClassifier djl =
                        LiveClassifier.following(
                                        Followed.directory(
                                                store.root(), Store.MODEL, Store.BUDGET, LOOK))
                                .djl()
                                .open(LIMIT)) {
            List<Answer> ones = onnx.classify(TEXTS);
            List<Answer> others = djl.classify(TEXTS);
            for (int i = 0; i < TEXTS.size(); i++) {
                float[] expected = store.expected(1, TEXTS.get(i));
                assertClose(ones.get(i).logits(), expected, "ONNX Runtime");
                assertClose(others.get(i).logits(), expected, "DJL");
            }
        }
    }

    /** As docs/serving.md shows it, and with the types that a server of many models asks for. */
    @Test
    void djlLoadsTheDirectoryWithNothingOfOurs() throws Exception {
        store.point(store.publishComplete(1));
        Path djl = store.directory(1).resolve("djl");
        Criteria<String, Classifications> criteria =
                Criteria.builder()
                        .setTypes(String.class, Classifications.class)
                        .optModelPath(djl)
                        .optTranslatorFactory(new TextClassificationTranslatorFactory())
                        .build();
        Criteria<Input, Output> served =
                Criteria.builder().setTypes(Input.class, Output.class).optModelPath(djl).build();
        try (LiveClassifier classifier = open();
                ZooModel<String, Classifications> model = criteria.loadModel();
                Predictor<String, Classifications> predictor = model.newPredictor();
                ZooModel<Input, Output> server = served.loadModel();
                Predictor<Input, Output> serving = server.newPredictor()) {
            for (String text : TEXTS) {
                Answer answer = classifier.classify(text);
                Classifications.Classification best = predictor.predict(text).best();
                assertThat(best.getClassName()).isEqualTo(answer.label());
                assertThat(best.getProbability()).isEqualTo(answer.probability(), within(1e-4));
                Input input = new Input();
                input.add("data", text);
                assertThat(JSON.readTree(serving.predict(input).getAsString(0)))
                        .first()
                        .extracting(first -> first.path("className").asText())
                        .isEqualTo(answer.label());
            }
        }
    }

    private void assertEveryAnswerIsTheNamedModels(List<Asked> asked) throws IOException {
        Map<List<String>, float[]> expected = new HashMap<>();
        for (Asked one : asked) {
            List<String> key = List.of(one.version(), one.text());
            if (!expected.containsKey(key)) {
                expected.put(key, store.expected(InMemoryModels.number(one.version()), one.text()));
            }
            assertClose(one.logits(), expected.get(key), one);
        }
    }

    private static void assertClose(List<Float> actual, float[] expected, Object what) {
        assertThat(actual).hasSize(expected.length);
        for (int c = 0; c < expected.length; c++) {
            assertThat(Math.abs(actual.get(c) - expected[c]))
                    .as("%s", what)
                    .isLessThanOrEqualTo(TOLERANCE);
        }
    }
}
