package io.espalier.deploy;

import io.espalier.config.ConfigFile;
import io.espalier.config.EspalierConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The deployment for the Kubernetes operator: fields and values that the operator's resource knows,
 * settings like the shipped cluster's, and names that lead somewhere.
 */
class KubernetesFilesTest {

    private static final Path KUBERNETES = Path.of("docker", "kubernetes");

    /** Settings that Kubernetes or the operator decides. */
    private static final Set<String> DECIDED_THERE =
            Set.of(
                    "jobmanager.rpc.address",
                    "rest.bind-address",
                    "jobmanager.memory.process.size",
                    "taskmanager.memory.process.size");

    private final Yaml deployment;
    private final Yaml spec;
    private final Map<String, String> cluster;

    KubernetesFilesTest() throws IOException {
        deployment = Yaml.read(KUBERNETES.resolve("flinkdeployment.yaml"));
        spec = deployment.at("spec");
        cluster = Yaml.read(Path.of("flink-conf", "config.yaml")).flat();
    }

    @Test
    void fieldsAreThoseOfTheResource() {
        assertThat(deployment.text("apiVersion")).isEqualTo("flink.apache.org/v1beta1");
        assertThat(deployment.text("kind")).isEqualTo("FlinkDeployment");
        assertThat(spec.keys())
                .isSubsetOf(
                        "image",
                        "flinkVersion",
                        "serviceAccount",
                        "flinkConfiguration",
                        "jobManager",
                        "taskManager",
                        "podTemplate",
                        "job");
        assertThat(spec.at("job").keys())
                .isSubsetOf("jarURI", "entryClass", "args", "parallelism", "state", "upgradeMode");
        assertThat(spec.at("jobManager").keys()).isSubsetOf("replicas", "resource");
        assertThat(spec.at("taskManager").keys()).isSubsetOf("replicas", "resource");
        assertThat(spec.at("job").text("upgradeMode")).isIn("savepoint", "last-state");
        assertThat(spec.at("flinkConfiguration").map().values())
                .allSatisfy(value -> assertThat(value).isInstanceOf(String.class));
    }

    @Test
    void settingsAreThoseOfTheShippedCluster() throws IOException {
        Map<String, String> settings = spec.at("flinkConfiguration").flat();
        Map<String, String> expected = new java.util.HashMap<>(cluster);
        expected.keySet().removeAll(DECIDED_THERE);
        assertThat(settings).containsAllEntriesOf(expected);
        assertThat(spec.at("jobManager", "resource").text("memory"))
                .isEqualTo(cluster.get("jobmanager.memory.process.size"));
        assertThat(spec.at("taskManager", "resource").text("memory"))
                .isEqualTo(cluster.get("taskmanager.memory.process.size"));
        Set<String> declared = FlinkKeys.declared();
        assertThat(settings.keySet())
                .allSatisfy(
                        key -> assertThat(FlinkKeys.isKnown(key, declared)).as("%s", key).isTrue());
    }

    @Test
    void theVersionIsThePoms() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        String flink = pom.replaceAll("(?s).*<flink.version>(\\d+)[.](\\d+).*", "v$1_$2");
        assertThat(spec.text("flinkVersion")).isEqualTo(flink);
        String release = pom.replaceAll("(?s).*?<version>([^<]+)<.*", "$1");
        assertThat(spec.text("image")).isEqualTo("espalier:" + release);
    }

    @Test
    void theJobIsInTheImage() throws Exception {
        String dockerfile = Files.readString(Path.of("docker", "Dockerfile"));
        assertThat(spec.at("job").text("jarURI")).startsWith("local:///");
        assertThat(dockerfile).contains(spec.at("job").text("jarURI").substring(8));
        assertThat(dockerfile)
                .contains("ENTRYPOINT [\"" + setting("kubernetes.entry.path") + "\"]");
        Class<?> main = Class.forName(spec.at("job").text("entryClass"));
        assertThat(main.getMethod("main", String[].class)).isNotNull();
        assertThat(Files.readString(Path.of("docker", "entrypoint.sh")))
                .contains("main=" + main.getName() + "\n");
    }

    @Test
    void everyMountHasItsVolumeAndEveryVolumeItsSource() throws IOException {
        Yaml pod = spec.at("podTemplate", "spec");
        List<String> volumes = pod.items("volumes").stream().map(v -> v.text("name")).toList();
        assertThat(mounts(pod)).extracting(mount -> mount.text("name")).hasSameElementsAs(volumes);
        List<String> declared = new ArrayList<>();
        for (String file : List.of("storage.yaml", "job.yaml")) {
            for (Yaml resource : Yaml.documents(KUBERNETES.resolve(file))) {
                declared.add(resource.text("kind") + " " + resource.at("metadata").text("name"));
            }
        }
        String commands = Files.readString(KUBERNETES.resolve("job.yaml"));
        for (Yaml volume : pod.items("volumes")) {
            if (volume.keys().contains("secret")) {
                assertThat(commands)
                        .contains(
                                "kubectl create secret generic "
                                        + volume.at("secret").text("secretName"));
            } else if (volume.keys().contains("configMap")) {
                assertThat(declared).contains("ConfigMap " + volume.at("configMap").text("name"));
            } else {
                assertThat(declared)
                        .contains(
                                "PersistentVolumeClaim "
                                        + volume.at("persistentVolumeClaim").text("claimName"));
            }
        }
    }

    @Test
    void theJobsConfigurationIsValidAndItsPathsAreMounted(@TempDir Path directory)
            throws IOException {
        Yaml map = Yaml.read(KUBERNETES.resolve("job.yaml"));
        Path file = directory.resolve("job.yaml");
        Files.writeString(file, map.at("data").text("job.yaml"));
        EspalierConfig config = EspalierConfig.from(ConfigFile.load(file, Map.of()));

        List<String> mounts =
                mounts(spec.at("podTemplate", "spec")).stream()
                        .map(mount -> mount.text("mountPath"))
                        .toList();
        assertThat(spec.at("job").texts("args")).isEqualTo(List.of("--config", mounts.get(2)));
        List<String> paths = new ArrayList<>();
        paths.add(config.model().directory().toString());
        paths.add(config.publish().root().toString());
        paths.add(config.checkpoint().requireDirectory().getPath());
        paths.add(config.kafka().properties().get("ssl.truststore.location"));
        paths.add(setting("security.ssl.rest.keystore"));
        paths.add(setting("containerized.master.env.ESPALIER_FLINK_STORE_PASSWORD_FILE"));
        paths.add(setting("high-availability.storageDir").replace("file://", ""));
        assertThat(paths)
                .allSatisfy(
                        path -> assertThat(mounts).anyMatch(mount -> path.startsWith(mount + "/")));
        assertThat(config.parallelism()).hasToString(spec.at("job").text("parallelism"));
    }

    private String setting(String key) {
        return spec.at("flinkConfiguration").text(key);
    }

    private static List<Yaml> mounts(Yaml pod) {
        return pod.items("containers").get(0).items("volumeMounts");
    }
}
