package io.espalier.deploy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** The script that makes keys for a trial makes those that the shipped cluster asks for. */
class MakeSecretsTest {

    @Test
    void theStoresAreTheClustersAndTheAuthoritiesKeysAreGone(@TempDir Path directory)
            throws Exception {
        Path secrets = directory.resolve("secrets");
        assertThat(make(secrets, "jobmanager")).startsWith("wrote ");

        String password = Files.readString(secrets.resolve("flink-store-password"));
        assertThat(password).matches("[A-Za-z0-9+/=]{32}");
        Yaml cluster = Yaml.read(Path.of("flink-conf", "config.yaml"));
        for (String part : List.of("internal", "rest")) {
            String prefix = "security.ssl." + part + ".";
            KeyStore key = open(secrets, cluster.text(prefix + "keystore"), password);
            KeyStore trust = open(secrets, cluster.text(prefix + "truststore"), password);
            assertThat(Collections.list(key.aliases())).containsExactly("key");
            X509Certificate certificate = (X509Certificate) key.getCertificate("key");
            certificate.verify(trust.getCertificate("authority").getPublicKey());
            assertThat(certificate.getSubjectAlternativeNames())
                    .extracting(name -> name.get(1).toString())
                    .contains("localhost", "127.0.0.1", "jobmanager");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secrets)))
                .isEqualTo("rwx------");
        assertThat(make(secrets, "jobmanager")).contains("is there already");
    }

    private static KeyStore open(Path secrets, String path, String password) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        Path file = secrets.resolve(Path.of(path).getFileName());
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, password.toCharArray());
        }
        return store;
    }

    private static String make(Path secrets, String host) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder("docker/make-secrets.sh", secrets.toString(), host);
        builder.environment()
                .compute(
                        "PATH",
                        (name, path) ->
                                Path.of(System.getProperty("java.home"), "bin") + ":" + path);
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return output.lines().reduce((first, second) -> second).orElse("");
    }
}
