package io.espalier.system;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.system.Evidence.Announced;
import io.espalier.system.Evidence.Decided;
import io.espalier.system.Evidence.Fate;
import io.espalier.system.Evidence.Refused;
import io.espalier.system.Evidence.Reported;
import io.espalier.system.Evidence.Sent;
import io.espalier.testing.TinyBert;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The traces of a run in which everything is right: three windows that are decided and one that is
 * not, one budget, a few refused records, and a store on disk. The lists may be changed, to make
 * something wrong.
 */
final class SoundWorld {

    private static final String BUDGET = "macs=0.5";
    private static final String MODEL = "tiny";
    private static final int WINDOWS = 3;
    private static final int SAMPLES = 40;
    private static final int REFUSED_EVERY = 10;
    private static final long SEED = 5;
    private static final ObjectMapper JSON = new ObjectMapper();

    final List<Sent> sent = new ArrayList<>();
    final List<Refused> refused = new ArrayList<>();
    final List<Decided> masks = new ArrayList<>();
    final List<Announced> models = new ArrayList<>();
    final List<Reported> reports = new ArrayList<>();
    final List<String> staging = new ArrayList<>();

    private final Path store;
    private final DecisionOracle oracle;

    private SoundWorld(Path store, DecisionOracle oracle) {
        this.store = store;
        this.oracle = oracle;
    }

    /** The oracle of such worlds; it remembers what it was asked. */
    static DecisionOracle oracle(Path parent) throws IOException {
        return new SyntheticOracle(TinyBert.write(parent), 0, SEED, 0.125);
    }

    /** Builds one with its store in a directory. */
    static SoundWorld build(Path store, DecisionOracle oracle) throws IOException {
        SoundWorld world = new SoundWorld(store, oracle);
        for (int w = 0; w <= WINDOWS; w++) {
            for (int i = 0; i < SAMPLES; i++) {
                world.send(w, i);
            }
        }
        for (int w = 0; w < WINDOWS; w++) {
            world.decide(w);
        }
        world.keepLive();
        return world;
    }

    private static long end(int window) {
        return 1000L * (window + 1);
    }

    private void send(int window, int i) {
        String refusedAt = i % REFUSED_EVERY == 0 ? "decode" : null;
        long offset = sent.size();
        sent.add(new Sent("s" + offset, 0, offset, end(window), Fate.OK, refusedAt));
        if (refusedAt != null) {
            refused.add(new Refused(0, offset, refusedAt));
        }
    }

    private void decide(int window) throws IOException {
        List<String> ids = ids(window);
        List<List<Integer>> kept = oracle.best(ids, BUDGET);
        String version = "macs0.50-%06d".formatted(window + 1);
        Decided mask =
                new Decided(
                        MODEL + "/" + version,
                        BUDGET,
                        window + 1,
                        version,
                        end(window),
                        ids.size(),
                        oracle.statistics(ids),
                        "promoted",
                        0.5,
                        oracle.share(ids, BUDGET, kept),
                        kept);
        masks.add(mask);
        models.add(publish(mask));
        reports.add(
                new Reported(
                        mask.decision(),
                        BUDGET,
                        end(window),
                        ids.size(),
                        judges(window),
                        "RE_MASK",
                        version,
                        "PROMOTED",
                        version));
    }

    /** The last window asks for no decision. */
    private void keepLive() {
        List<String> ids = ids(WINDOWS);
        reports.add(
                new Reported(
                        MODEL + "/macs0.50-window-" + end(WINDOWS),
                        BUDGET,
                        end(WINDOWS),
                        ids.size(),
                        judges(WINDOWS),
                        null,
                        null,
                        "KEPT",
                        masks.get(WINDOWS - 1).version()));
    }

    private long judges(int window) {
        return sent.stream()
                .filter(each -> each.windowEnd() == end(window))
                .filter(each -> each.refusedAt() == null && oracle.heldOut(each.id()))
                .count();
    }

    private Announced publish(Decided mask) throws IOException {
        Path directory = Files.createDirectories(store.resolve(MODEL).resolve(mask.version()));
        byte[] weights = ("weights of " + mask.kept()).getBytes(StandardCharsets.UTF_8);
        Files.createDirectories(directory.resolve("slim"));
        Files.write(directory.resolve("slim/model.safetensors"), weights);
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("version", mask.version());
        manifest.put("decision", mask.decision());
        manifest.put("statistics", mask.statistics());
        manifest.put("samples", mask.samples());
        manifest.put("window", Map.of("end", mask.windowEnd()));
        manifest.put("structure", mask.kept().stream().map(k -> Map.of("kept", k)).toList());
        manifest.put(
                "files",
                List.of(Map.of("name", "slim/model.safetensors", "sha256", sha256(weights))));
        byte[] json = JSON.writeValueAsBytes(manifest);
        Files.write(directory.resolve("manifest.json"), json);
        return new Announced(
                mask.decision(), mask.version(), MODEL + "/" + mask.version(), sha256(json));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    List<Violation> check() {
        return Checker.check(
                new Evidence(sent, refused, masks, models, reports, store, MODEL, staging), oracle);
    }

    /** Ids of the samples that a window's decision rests on. */
    List<String> ids(int window) {
        return sent.stream()
                .filter(each -> each.windowEnd() == end(window) && each.refusedAt() == null)
                .map(Sent::id)
                .filter(id -> !oracle.heldOut(id))
                .toList();
    }

    Sent scoredIn(int window, int index) {
        String id = ids(window).get(index);
        return sent.stream().filter(each -> each.id().equals(id)).findFirst().orElseThrow();
    }

    Decided mask(int window) {
        return masks.get(window);
    }

    /** The producer knows something else of a record. */
    void fate(Sent of, Fate fate) {
        sent.replaceAll(
                each ->
                        each.equals(of)
                                ? new Sent(
                                        of.id(),
                                        of.partition(),
                                        fate == Fate.OK ? of.offset() : -1,
                                        of.windowEnd(),
                                        fate,
                                        of.refusedAt())
                                : each);
    }

    /** The job has counted these samples instead, and decided accordingly. */
    void decideOn(int window, List<String> ids) {
        Decided old = masks.get(window);
        List<List<Integer>> kept = oracle.best(ids, BUDGET);
        replace(
                window,
                new Decided(
                        old.decision(),
                        old.budget(),
                        old.sequence(),
                        old.version(),
                        old.windowEnd(),
                        ids.size(),
                        oracle.statistics(ids),
                        "promoted",
                        old.target(),
                        oracle.share(ids, BUDGET, kept),
                        kept),
                ids.size());
    }

    /** The mask keeps other units. */
    void keep(int window, List<List<Integer>> kept) {
        Decided old = masks.get(window);
        if (old.kept().equals(kept)) {
            throw new IllegalStateException("both keep the same: choose another seed");
        }
        replace(
                window,
                new Decided(
                        old.decision(),
                        old.budget(),
                        old.sequence(),
                        old.version(),
                        old.windowEnd(),
                        old.samples(),
                        old.statistics(),
                        "promoted",
                        old.target(),
                        oracle.share(ids(window), BUDGET, kept),
                        kept),
                old.samples());
    }

    /** The mask keeps every head, and says so. */
    void keepAllHeads(int window) {
        List<List<Integer>> kept = new ArrayList<>();
        for (int s = 0; s < TinyBert.sublayers().size(); s++) {
            List<Integer> units = new ArrayList<>();
            for (int unit = 0; unit < TinyBert.sublayers().get(s).units(); unit++) {
                if (s % 2 == 0 || masks.get(window).kept().get(s).contains(unit)) {
                    units.add(unit);
                }
            }
            kept.add(units);
        }
        keep(window, kept);
    }

    /** The mask record counts otherwise than the report. */
    void count(int window, long samples) {
        Decided old = masks.get(window);
        replace(
                window,
                new Decided(
                        old.decision(),
                        old.budget(),
                        old.sequence(),
                        old.version(),
                        old.windowEnd(),
                        samples,
                        old.statistics(),
                        "promoted",
                        old.target(),
                        old.achieved(),
                        old.kept()),
                old.samples());
    }

    private void replace(int window, Decided mask, long reported) {
        masks.set(window, mask);
        try {
            models.set(window, publish(mask));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Reported old = reports.get(window);
        reports.set(
                window,
                new Reported(
                        old.decision(),
                        old.budget(),
                        old.windowEnd(),
                        reported,
                        old.heldOut(),
                        old.update(),
                        old.version(),
                        old.outcome(),
                        old.live()));
    }

    /** The report says otherwise what came of the window, and what is live. */
    void say(int window, String outcome, @Nullable String live) {
        Reported old = reports.get(window);
        reports.set(
                window,
                new Reported(
                        old.decision(),
                        old.budget(),
                        old.windowEnd(),
                        old.samples(),
                        old.heldOut(),
                        old.update(),
                        old.version(),
                        outcome,
                        live));
    }

    /** Half of a published file is gone. */
    void tear(int window) throws IOException {
        Path file = store.resolve(models.get(window).location()).resolve("slim/model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    }

    /** A version appears that no record speaks of. */
    void publishUnannounced(String version) throws IOException {
        Files.createDirectories(store.resolve(MODEL).resolve(version));
    }
}
