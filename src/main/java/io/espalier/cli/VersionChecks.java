package io.espalier.cli;

import io.espalier.artifact.Manifest;
import io.espalier.artifact.Manifest.Structure;
import io.espalier.artifact.ManifestVerifier;
import io.espalier.artifact.MaskBits;
import io.espalier.artifact.MaskFile;
import io.espalier.artifact.ModelFormat;
import io.espalier.artifact.SelfCheck;
import io.espalier.batch.SelfChecks;
import io.espalier.client.SelfCheckReplay;
import io.espalier.model.TextClassifier;
import io.espalier.report.PruningReport;
import io.espalier.safetensors.SafetensorsFile;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The checks of one published version, each a method that says in a line what it found. */
final class VersionChecks {

    private final Path version;
    private final PublishedVersion published;
    private final Manifest manifest;

    private VersionChecks(PublishedVersion published) {
        this.version = published.directory();
        this.published = published;
        this.manifest = published.manifest();
    }

    /**
     * Compares every file with the manifest, for the other checks to rest on.
     *
     * @throws io.espalier.artifact.ArtifactException naming the first file that differs
     */
    static VersionChecks of(Path version) throws IOException {
        return new VersionChecks(PublishedVersion.read(version));
    }

    /** What was compared on the way here. */
    String files() throws IOException {
        long bytes = manifest.files().stream().mapToLong(Manifest.FileEntry::size).sum();
        return String.format(
                Locale.ROOT,
                "%d files of %.1f MB, as the manifest sha256:%s says",
                manifest.files().size(),
                bytes / 1e6,
                ManifestVerifier.digest(version));
    }

    /** That manifest, mask and report tell of one decision. */
    String decision() {
        MaskFile mask = published.mask();
        agree("masks/mask.json", "model", manifest.model(), mask.model());
        agree("masks/mask.json", "decision", manifest.decision(), mask.decision());
        agree("masks/mask.json", "budget", manifest.budget().spec(), mask.budget());
        PruningReport report = published.report();
        if (report != null) {
            agree(PruningReport.FILE, "model", manifest.model(), report.model());
            agree(PruningReport.FILE, "version", manifest.version(), report.version());
            agree(PruningReport.FILE, "decision", manifest.decision(), report.decision().id());
            agree(PruningReport.FILE, "budget", manifest.budget().spec(), report.budget().spec());
        }
        return manifest.decision() + " at " + manifest.budget().spec();
    }

    private static void agree(String file, String field, String manifest, String other) {
        if (!manifest.equals(other)) {
            throw new CommandFailure(
                    "%s: %s is '%s', the manifest says '%s'"
                            .formatted(file, field, other, manifest));
        }
    }

    /** That mask, bits, scales, report and manifest tell of one structure. */
    String structure() throws IOException {
        MaskFile mask = published.mask();
        List<int[]> bits =
                has("masks/mask.bits") ? MaskBits.read(bytes("masks/mask.bits")) : List.of();
        int kept = 0;
        int units = 0;
        for (int i = 0; i < manifest.structure().size(); i++) {
            Structure structure = manifest.structure().get(i);
            MaskFile.Row row = mask.sublayers().get(i);
            agree(structure.id(), "masks/mask.json", structure.kept(), row.kept());
            if (!bits.isEmpty()) {
                agree(
                        structure.id(),
                        "masks/mask.bits",
                        structure.kept(),
                        Arrays.stream(bits.get(i)).boxed().toList());
            }
            kept += structure.kept().size();
            units += structure.units();
        }
        if (has("masks/scales.safetensors")) {
            scales(mask);
        }
        PruningReport report = published.report();
        if (report != null) {
            for (int i = 0; i < report.sublayers().size(); i++) {
                agree(
                        report.sublayers().get(i).id(),
                        PruningReport.FILE,
                        manifest.structure().get(i).kept(),
                        report.sublayers().get(i).kept());
            }
        }
        return "%d of %d units in %d sublayers, the same in manifest, masks and report"
                .formatted(kept, units, manifest.structure().size());
    }

    private void scales(MaskFile mask) throws IOException {
        try (SafetensorsFile file =
                SafetensorsFile.open(version.resolve("masks/scales.safetensors"))) {
            for (MaskFile.Row row : mask.sublayers()) {
                float[] expected = new float[row.units()];
                for (int i = 0; i < row.kept().size(); i++) {
                    expected[row.kept().get(i)] = row.values().get(i);
                }
                if (!Arrays.equals(expected, file.floats(row.id()))) {
                    throw new CommandFailure(
                            "masks/scales.safetensors: '"
                                    + row.id()
                                    + "' has other values than masks/mask.json");
                }
            }
        }
    }

    private static void agree(String id, String file, List<Integer> manifest, List<Integer> other) {
        if (!manifest.equals(other)) {
            throw new CommandFailure(
                    "%s: '%s' keeps %d units, the manifest says %d, or others"
                            .formatted(file, id, other.size(), manifest.size()));
        }
    }

    /** That a form loads and gives the recorded logits; null if it was not published. */
    @Nullable String replay(ModelFormat format) throws IOException {
        if (manifest.files().stream()
                .noneMatch(file -> file.name().startsWith(format.label() + "/"))) {
            return null;
        }
        return switch (format) {
            case SLIM, STOCK -> "PyTorch " + torch(version.resolve(format.label()));
            case ONNX -> "ONNX Runtime " + told(SelfCheckReplay.inOnnxRuntime(version));
            case DJL -> "DJL " + told(SelfCheckReplay.inDjl(version));
        };
    }

    private String torch(Path form) throws IOException {
        try (TextClassifier model = TextClassifier.load(form)) {
            if (!has(SelfCheck.FILE)) {
                return told(new SelfCheckReplay(0, 0));
            }
            SelfCheck check = SelfCheck.fromJson(bytes(SelfCheck.FILE));
            float[][] answers = SelfChecks.answers(model, check.inputs());
            return told(
                    new SelfCheckReplay(
                            check.inputs().size(), check.verify(form + " in PyTorch", answers)));
        }
    }

    private static String told(SelfCheckReplay replay) {
        return replay.inputs() == 0
                ? "loads; this version has no self-check to replay"
                : String.format(
                        Locale.ROOT,
                        "gives the recorded logits of %d inputs, at most %.1e apart",
                        replay.inputs(),
                        replay.worst());
    }

    private boolean has(String name) {
        return manifest.files().stream().anyMatch(file -> file.name().equals(name));
    }

    private byte[] bytes(String name) throws IOException {
        return Files.readAllBytes(version.resolve(name));
    }
}
