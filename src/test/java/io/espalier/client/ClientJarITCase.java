package io.espalier.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.espalier.cluster.Loopback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import javax.tools.ToolProvider;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/** The jar for services is enough, with the libraries that the documentation names. */
class ClientJarITCase {

    private static final Path JAR = Path.of("target/espalier-0.1.0-client.jar").toAbsolutePath();
    private static final long LIMIT_SECONDS = 60;

    /** What the documentation names, and what these need themselves. */
    private static final List<String> LIBRARIES =
            List.of(
                    "onnxruntime-\\d[^/]*",
                    "tokenizers-[^/]*",
                    "jackson-(databind|core|annotations)-[^/]*",
                    "api-[^/]*", // DJL's.
                    "gson-[^/]*",
                    "jna-[^/]*",
                    "commons-compress-[^/]*",
                    "slf4j-api-[^/]*");

    private static String classPath(String... more) {
        List<String> path = new ArrayList<>(List.of(JAR.toString()));
        Pattern wanted = Pattern.compile(".*/(" + String.join("|", LIBRARIES) + ")\\.jar");
        for (String element : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (wanted.matcher(element).matches()) {
                path.add(element);
            }
        }
        assertThat(path).hasSize(1 + 10);
        path.addAll(List.of(more));
        return String.join(File.pathSeparator, path);
    }

    @Test
    void needsNoClassOfEspalierThatIsNotInItAndNothingOfFlink() throws IOException {
        JavaClasses classes;
        try (JarFile jar = new JarFile(JAR.toFile())) {
            classes = new ClassFileImporter().importJar(jar);
        }
        TreeSet<String> missing = new TreeSet<>();
        for (JavaClass each : classes) {
            for (Dependency dependency : each.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                boolean ours = target.getPackageName().startsWith("io.espalier");
                boolean flink = target.getPackageName().startsWith("org.apache.flink");
                if (flink || (ours && !classes.contain(target.getName()))) {
                    missing.add(each.getName() + " -> " + target.getName());
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(classes.contain(LiveClassifier.class)).isTrue();
    }

    @Test
    void theDocumentedServiceCompilesAndAnswersWithoutFlinkKafkaAndAvro(@TempDir Path directory)
            throws Exception {
        Store store = new Store(directory);
        store.point(store.publishComplete(1));
        Path compiled = Files.createDirectories(directory.resolve("classes"));
        Path source =
                Files.writeString(directory.resolve("ExampleService.java"), documentedService());
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-d",
                                compiled.toString(),
                                "-proc:none",
                                "-cp",
                                classPath(),
                                source.toString());
        assertThat(status).isZero();
        int port = Loopback.freePorts(1).get(0);
        Path log = directory.resolve("service.log");
        Process service =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-Dai.djl.offline=true",
                                "-cp",
                                classPath(compiled.toString()),
                                "io.espalier.example.ExampleService",
                                store.root().toString(),
                                Store.MODEL,
                                Store.BUDGET,
                                Integer.toString(port))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            awaitPort(service, port, log);
            JsonNode answer = ask(port, "w7 w8 w9");
            assertThat(answer.path("version").asText()).isEqualTo(Store.version(1));
            float[] expected = store.expected(1, "w7 w8 w9");
            for (int c = 0; c < expected.length; c++) {
                assertThat(Math.abs(answer.path("logits").path(c).floatValue() - expected[c]))
                        .isLessThanOrEqualTo(1e-4f);
            }
            assertThat(log).content().contains("now serving tiny-bert/" + Store.version(1));
        } finally {
            service.destroy();
            assertThat(service.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** The second block of Java in the documentation. */
    private static String documentedService() throws IOException {
        String[] blocks = Files.readString(ServingDocsTest.DOCUMENT).split("```java\n", -1);
        return blocks[2].substring(0, blocks[2].indexOf("```"));
    }

    private static void awaitPort(Process service, int port, Path log) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (!Loopback.accepts(port)) {
            assertThat(service.isAlive()).as(() -> read(log)).isTrue();
            assertThat(System.nanoTime()).as(() -> read(log)).isLessThan(deadline);
            Thread.sleep(50);
        }
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static JsonNode ask(int port, String text) throws IOException, InterruptedException {
        HttpResponse<byte[]> response =
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(
                                                URI.create(
                                                        "http://127.0.0.1:%d/classify"
                                                                .formatted(port)))
                                        .POST(HttpRequest.BodyPublishers.ofString(text))
                                        .build(),
                                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(200);
        return new JsonMapper().readTree(response.body());
    }
}
