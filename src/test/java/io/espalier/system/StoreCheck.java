package io.espalier.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.system.Evidence.Announced;
import io.espalier.system.Evidence.Decided;
import io.espalier.system.Violation.Check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** C7 and C9: what lies in the store, read with nothing of the store's own code. */
final class StoreCheck {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Evidence evidence;
    private final List<Violation> violations = new ArrayList<>();

    private StoreCheck(Evidence evidence) {
        this.evidence = evidence;
    }

    static List<Violation> of(Evidence evidence) {
        StoreCheck check = new StoreCheck(evidence);
        try {
            check.agreement();
            check.nothingElse();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        evidence.staging()
                .forEach(name -> check.flag(Check.C9, "staging '" + name + "' is left over"));
        return check.violations;
    }

    private void flag(Check check, String what) {
        violations.add(new Violation(check, what));
    }

    private void agreement() throws IOException {
        Map<String, Announced> announced = new HashMap<>();
        evidence.models().forEach(model -> announced.put(model.decision(), model));
        Set<String> decided = new HashSet<>();
        for (Decided mask : evidence.masks()) {
            decided.add(mask.decision());
            Announced model = announced.get(mask.decision());
            if (model == null) {
                flag(Check.C7, mask.decision() + ": a mask without an announcement");
            } else {
                version(mask, model);
            }
        }
        announced.keySet().stream()
                .filter(decision -> !decided.contains(decision))
                .forEach(decision -> flag(Check.C7, decision + ": announced without a mask"));
    }

    private void version(Decided mask, Announced model) throws IOException {
        Path directory = evidence.store().resolve(model.location());
        Path file = directory.resolve("manifest.json");
        if (!Files.isRegularFile(file)) {
            flag(Check.C7, mask.decision() + ": there is no " + file);
            return;
        }
        byte[] bytes = Files.readAllBytes(file);
        same(mask, "manifest digest", model.manifestDigest(), sha256(bytes));
        JsonNode manifest = JSON.readTree(bytes);
        same(mask, "version", mask.version(), model.version());
        same(mask, "version", mask.version(), manifest.path("version").asText());
        same(mask, "decision", mask.decision(), manifest.path("decision").asText());
        same(mask, "statistics", mask.statistics(), manifest.path("statistics").asText());
        same(mask, "samples", mask.samples(), manifest.path("samples").asLong());
        same(mask, "window", mask.windowEnd(), manifest.path("window").path("end").asLong());
        List<List<Integer>> kept = new ArrayList<>();
        for (JsonNode sublayer : manifest.path("structure")) {
            List<Integer> units = new ArrayList<>();
            sublayer.path("kept").forEach(unit -> units.add(unit.asInt()));
            kept.add(units);
        }
        same(mask, "kept units", mask.kept(), kept);
        files(mask, directory, manifest);
    }

    private void files(Decided mask, Path directory, JsonNode manifest) throws IOException {
        Set<String> named = new TreeSet<>(Set.of("manifest.json"));
        for (JsonNode entry : manifest.path("files")) {
            String name = entry.path("name").asText();
            named.add(name);
            Path file = directory.resolve(name);
            if (!Files.isRegularFile(file)) {
                flag(Check.C7, mask.decision() + ": file '" + name + "' is missing");
            } else {
                same(mask, name, entry.path("sha256").asText(), sha256(Files.readAllBytes(file)));
            }
        }
        try (Stream<Path> files = Files.walk(directory)) {
            Set<String> found = new TreeSet<>();
            files.filter(Files::isRegularFile)
                    .forEach(file -> found.add(directory.relativize(file).toString()));
            found.remove("run.json");
            same(mask, "files", named, found);
        }
    }

    private void same(Decided mask, String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            flag(Check.C7, mask.decision() + ": " + what + " " + found + ", must be " + expected);
        }
    }

    private void nothingElse() throws IOException {
        Set<String> announced = new HashSet<>();
        evidence.models().forEach(model -> announced.add(model.location()));
        Path models = evidence.store().resolve(evidence.model());
        if (Files.isDirectory(models)) {
            try (Stream<Path> versions = Files.list(models)) {
                versions.filter(Files::isDirectory)
                        .map(version -> evidence.store().relativize(version).toString())
                        .filter(location -> !announced.contains(location))
                        .forEach(location -> flag(Check.C7, location + " was never announced"));
            }
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
