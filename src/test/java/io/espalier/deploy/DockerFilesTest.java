package io.espalier.deploy;

import io.espalier.config.ConfigFile;
import io.espalier.config.EspalierConfig;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Images and the compose file, as far as no container engine is needed: what they name exists,
 * versions, flags and variables are the build's, and settings are known to whom they are for.
 */
class DockerFilesTest {

    private static final Path DOCKER = Path.of("docker");

    /** What the Compose specification allows of a service; those we use. */
    private static final Set<String> SERVICE_KEYS =
            Set.of(
                    "image",
                    "build",
                    "restart",
                    "cap_drop",
                    "security_opt",
                    "environment",
                    "volumes",
                    "healthcheck",
                    "depends_on",
                    "entrypoint",
                    "command",
                    "profiles",
                    "ports");

    private final Yaml compose = yaml(DOCKER.resolve("compose.yaml"));
    private final String pom = read(Path.of("pom.xml"));
    private final String dockerfile = read(DOCKER.resolve("Dockerfile"));

    @Test
    void everyYamlFileIsStrictYaml() throws IOException {
        List<Path> files = new ArrayList<>(List.of(Path.of("flink-conf", "config.yaml")));
        try (Stream<Path> all = Files.walk(DOCKER)) {
            all.filter(file -> file.toString().matches(".*[.]ya?ml")).forEach(files::add);
        }
        assertThat(files).hasSizeGreaterThan(6);
        for (Path file : files) {
            assertThat(Yaml.documents(file)).as("%s", file).isNotEmpty();
        }
    }

    @Test
    void everythingThatTheImageCopiesIsThere() {
        assertThat(copied(dockerfile))
                .contains("pom.xml", "docker/entrypoint.sh")
                .allSatisfy(source -> assertThat(Path.of(source)).exists());
        assertThat(dockerfile).contains("-Pimage");
        assertThat(pom)
                .contains("<id>image</id>", "<outputDirectory>${project.build.directory}/lib<");
    }

    @Test
    void versionsAreThePoms() {
        assertThat(dockerfile)
                .contains("FROM flink:" + property("flink.version") + "-scala_2.12-java17")
                .contains("target/espalier-" + release() + ".jar")
                .contains("slf4j-api-" + property("slf4j.version") + ".jar");
        assertThat(read(DOCKER.resolve("gpu/Dockerfile")))
                .contains("torch==" + property("pytorch.version"))
                .contains("PYTORCH_VERSION=" + property("pytorch.version"))
                .contains("FROM espalier:" + release());
        assertThat(compose.at("services", "kafka").text("image"))
                .isEqualTo("apache/kafka:" + property("kafka.version"));
        assertThat(compose.at("services", "jobmanager").text("image"))
                .isEqualTo("espalier:" + release());
    }

    @Test
    void variablesAreThoseOfTheLauncherAndOfTheCluster() {
        Map<String, String> image =
                groups("(?m)([A-Z_]+)=([^ \\\\\n]+)", after(dockerfile, "\nENV "));
        image.keySet().removeIf(name -> name.startsWith("ENTRYPOINT"));
        Map<String, String> launcher =
                groups(
                        "(?m)^export ([A-Z_]+)=\"\\$\\{\\w+:-(\\w+)}\"",
                        read(Path.of("bin", "espalier")));
        assertThat(launcher).hasSize(4);
        assertThat(image).containsAllEntriesOf(launcher);
        String prefix = "containerized.taskmanager.env.";
        Map<String, String> cluster =
                yaml(Path.of("flink-conf", "config.yaml")).flat().entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith(prefix))
                        .collect(
                                Collectors.toMap(
                                        entry -> entry.getKey().substring(prefix.length()),
                                        Map.Entry::getValue));
        assertThat(image).containsExactlyInAnyOrderEntriesOf(cluster);
    }

    @Test
    void everyFlinkKeyIsOneOfFlinks() throws IOException {
        Set<String> declared = FlinkKeys.declared();
        assertThat(declared).contains("taskmanager.numberOfTaskSlots").hasSizeGreaterThan(300);
        assertThat(FlinkKeys.isKnown("security.ssl.rest.enable", declared)).isFalse();
        Set<String> used = new HashSet<>(yaml(Path.of("flink-conf", "config.yaml")).keys());
        for (String file : List.of("compose.yaml", "gpu/Dockerfile")) {
            used.addAll(groups("-D([a-z][\\w.-]+)=(.)", read(DOCKER.resolve(file))).keySet());
        }
        assertThat(used)
                .contains("jobmanager.rpc.address", "external-resources")
                .allSatisfy(
                        key -> assertThat(FlinkKeys.isKnown(key, declared)).as("%s", key).isTrue());
    }

    @Test
    void servicesUseWhatTheSpecificationAndTheFileKnow() {
        Yaml services = compose.at("services");
        List<String> volumes = compose.at("volumes").keys();
        for (String name : services.keys()) {
            Yaml service = services.at(name);
            assertThat(service.keys()).as("%s", name).isSubsetOf(SERVICE_KEYS);
            assertThat(services.keys()).containsAll(dependencies(service));
            for (String volume : service.texts("volumes")) {
                String source = volume.substring(0, volume.lastIndexOf(":/"));
                if (source.startsWith("./") && !source.equals("./secrets")) {
                    assertThat(DOCKER.resolve(source)).exists();
                } else if (!source.startsWith("./") && !source.startsWith("${MODELS:?")) {
                    assertThat(volumes).contains(source);
                }
            }
        }
        assertThat(read(DOCKER.resolve(".gitignore"))).contains("/secrets/");
    }

    @Test
    void theTopicsAreThoseOfTheJob() {
        EspalierConfig config = EspalierConfig.from(ConfigFile.load(job(), Map.of()));
        EspalierConfig.Topics topics = config.kafka().topics();
        String command = compose.at("services", "topics").texts("command").get(0);
        Set<String> created =
                groups("([a-z-]+):([0-9])\\b", command).keySet().stream()
                        .map(name -> "espalier." + name)
                        .collect(Collectors.toSet());
        assertThat(created).hasSameElementsAs(topics.all());
    }

    @Test
    void theJobFitsTheCompose() {
        EspalierConfig config = EspalierConfig.from(ConfigFile.load(job(), Map.of()));
        assertThat(config.kafka().bootstrapServers()).isEqualTo("kafka:9092");
        List<String> targets =
                compose.at("services", "jobmanager").texts("volumes").stream()
                        .map(volume -> volume.replaceAll("(:ro)?$", "").replaceAll(".*:", ""))
                        .toList();
        assertThat(targets).contains("/models", "/checkpoints", "/etc/espalier/job.yaml");
        assertThat(config.model().directory()).startsWithRaw(Path.of("/models"));
        assertThat(config.publish().root()).startsWithRaw(Path.of("/models"));
        assertThat(config.checkpoint().requireDirectory().getPath()).startsWith("/checkpoints");
        long slots =
                compose.at("services").keys().stream()
                        .filter(name -> name.startsWith("taskmanager"))
                        .count();
        assertThat(slots).isEqualTo(config.parallelism());
    }

    @Test
    void prometheusNamesMetricsWithoutTheirGroups() {
        Yaml prometheus = yaml(DOCKER.resolve("prometheus/prometheus.yml"));
        Yaml scrape = prometheus.items("scrape_configs").get(0);
        Yaml rule = scrape.items("metric_relabel_configs").get(0);
        Pattern regex = Pattern.compile(rule.text("regex"));
        String group = "flink_taskmanager_job_task_operator_espalier_";
        Map<String, String> names =
                Map.of(
                        "model_samples_accepted", "espalier_samples_accepted",
                        "model_budget_kind_layer_kept_units", "espalier_kept_units",
                        "model_budget_kind_against_mask_distance", "espalier_mask_distance");
        names.forEach(
                (flinks, ours) -> {
                    Matcher matcher = regex.matcher(group + flinks);
                    assertThat(matcher.matches()).isTrue();
                    assertThat(matcher.replaceFirst(rule.text("replacement"))).isEqualTo(ours);
                });
        String port = yaml(Path.of("flink-conf", "config.yaml")).text("metrics.reporter.prom.port");
        assertThat(scrape.items("static_configs").get(0).texts("targets"))
                .allSatisfy(
                        target -> {
                            assertThat(target).endsWith(":" + port);
                            assertThat(compose.at("services").keys())
                                    .contains(target.substring(0, target.indexOf(':')));
                        });
    }

    private static Path job() {
        return DOCKER.resolve("job.yaml");
    }

    private static List<String> dependencies(Yaml service) {
        if (!service.keys().contains("depends_on")) {
            return List.of();
        }
        return service.get("depends_on") instanceof Map<?, ?>
                ? service.at("depends_on").keys()
                : service.texts("depends_on");
    }

    /** Sources of COPY that come from the repository. */
    private static List<String> copied(String dockerfile) {
        List<String> sources = new ArrayList<>();
        for (String line : dockerfile.lines().filter(l -> l.startsWith("COPY ")).toList()) {
            if (!line.contains("--from=")) {
                List<String> words = List.of(line.split(" ", -1));
                sources.addAll(words.subList(1, words.size() - 1));
            }
        }
        return sources;
    }

    private String property(String name) {
        return between(pom, "<" + name + ">", "</" + name + ">");
    }

    private String release() {
        return between(pom, "<version>", "</version>");
    }

    private static Map<String, String> groups(String regex, String text) {
        return Pattern.compile(regex)
                .matcher(text)
                .results()
                .collect(
                        Collectors.toMap(
                                (MatchResult match) -> match.group(1),
                                match -> match.group(2),
                                (first, second) -> second));
    }

    private static String between(String text, String begin, String end) {
        int from = text.indexOf(begin) + begin.length();
        return text.substring(from, text.indexOf(end, from));
    }

    private static String after(String text, String begin) {
        return text.substring(text.indexOf(begin) + begin.length());
    }

    private static Yaml yaml(Path file) {
        try {
            return Yaml.read(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
