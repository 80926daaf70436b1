package io.espalier.artifact;

import io.espalier.artifact.Manifest.Structure;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.report.PruningReport;
import io.espalier.report.ReportPage;
import io.espalier.safetensors.FloatTensor;
import io.espalier.safetensors.SafetensorsFile;
import io.espalier.safetensors.SafetensorsWriter;
import io.espalier.safetensors.TensorContent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A pruned model on its way into the store: its slim form is on the disk, the rest follows once it
 * was judged.
 *
 * <p>The manifest and every file in it are functions of the arguments: completed twice, one digest.
 * Not for several threads.
 */
public final class Draft {

    private static final String WEIGHTS = FormatExport.WEIGHTS;
    private static final String SLIM = ModelFormat.SLIM.label();
    private static final String MASKS = "masks";

    /** Our classes for transformers, which ask for {@code trust_remote_code}. */
    private static final List<String> PYTHON =
            List.of("configuration_espalier.py", "modeling_espalier.py");

    private final FileOps files;
    private final Path staging;
    private final String attempt;
    private final CandidateDescription candidate;
    private final List<SlimSublayer> sublayers;
    private final Path parent;
    private final Set<ModelFormat> formats;
    private final StagingArea area;

    Draft(
            FileOps files,
            Path staging,
            String attempt,
            CandidateDescription candidate,
            List<SlimSublayer> sublayers,
            Path parent,
            Set<ModelFormat> formats) {
        this.formats = Set.copyOf(formats);
        this.files = files;
        this.staging = staging;
        this.attempt = attempt;
        this.candidate = candidate;
        this.sublayers = List.copyOf(sublayers);
        this.parent = parent;
        this.area = new StagingArea(files, staging, attempt);
    }

    /** Writes the slim form. */
    void begin() throws IOException {
        try (SafetensorsFile weights = SafetensorsFile.open(parent.resolve(WEIGHTS))) {
            String parentDigest = weights.sha256();
            if (!parentDigest.equals(candidate.parentDigest())) {
                throw new ArtifactException(
                        "parent '"
                                + parent
                                + "': model.safetensors has sha256 "
                                + parentDigest
                                + ", the decision was made for "
                                + candidate.parentDigest()
                                + "; a new parent needs a new job");
            }
            area.create();
            ModelConfig dense = ModelConfig.read(parent);
            byte[] config = SlimModel.config(dense, parentDigest, sublayers);
            SortedMap<String, TensorContent> tensors = SlimModel.tensors(weights, sublayers);
            area.expect(bytes(tensors));
            add(ModelFormat.SLIM, ModelConfig.FILE, out -> out.write(config));
            add(
                    ModelFormat.SLIM,
                    WEIGHTS,
                    out -> SafetensorsWriter.write(out, tensors, SafetensorsWriter.PT));
            Path tokenizer = parent.resolve(FormatExport.TOKENIZER);
            if (Files.isRegularFile(tokenizer)
                    && !Files.exists(parent.resolve(TokenizerConfig.FILE))) {
                byte[] told = TokenizerConfig.of(tokenizer, dense);
                add(ModelFormat.SLIM, TokenizerConfig.FILE, out -> out.write(told));
            }
        }
        FormatExport.companions(parent, (name, content) -> add(ModelFormat.SLIM, name, content));
        for (String name : PYTHON) {
            byte[] code = Resources.read(name);
            add(ModelFormat.SLIM, name, out -> out.write(code));
        }
    }

    private void add(ModelFormat format, String name, FileOps.Content content) throws IOException {
        area.add(format.label() + "/" + name, content);
    }

    /** About what all formats take: stock as much as the parent, the others as much as slim. */
    private long bytes(SortedMap<String, TensorContent> slim) throws IOException {
        long each = slim.values().stream().mapToLong(TensorContent::bytes).sum();
        long bytes = each;
        for (ModelFormat format : formats) {
            bytes +=
                    switch (format) {
                        case SLIM -> 0;
                        case STOCK -> Files.size(parent.resolve(WEIGHTS));
                        case ONNX, DJL -> each;
                    };
        }
        return bytes;
    }

    /** The slim form, for loading. */
    public Path slim() {
        return staging.resolve(attempt).resolve(SLIM);
    }

    /**
     * Writes the other formats, masks and the manifest, and forces all of it to the disk.
     *
     * @param report made of the formats that were written and those that were not
     * @param check what the judged model gave
     * @param run who writes
     */
    public StagedModel complete(
            Function<List<PruningReport.Format>, PruningReport> report,
            SelfCheck check,
            RunFile run)
            throws IOException {
        try {
            for (ModelFormat format : ModelFormat.values()) {
                if (format != ModelFormat.SLIM && formats.contains(format)) {
                    FormatExport.write(
                            format, slim(), (name, content) -> add(format, name, content));
                }
            }
            masks();
            area.add(SelfCheck.FILE, out -> out.write(check.toJson()));
            PruningReport told = report.apply(written());
            area.add(PruningReport.FILE, out -> out.write(told.toJson()));
            area.add(
                    PruningReport.PAGE,
                    out -> out.write(ReportPage.html(told).getBytes(StandardCharsets.UTF_8)));
            byte[] manifest = manifest().toJson();
            area.addUnlisted(RunFile.FILE, run.toJson());
            long bytes = area.seal(manifest);
            return new StagedModel(
                    candidate.model(),
                    candidate.version(),
                    StagedModel.STAGING + "/" + attempt,
                    Sha256.of(manifest),
                    bytes);
        } catch (IOException | RuntimeException e) {
            discard(e);
            throw e;
        }
    }

    /** Deletes all of it, because of a failure that is going to be thrown. */
    public void discard(Exception failure) {
        try {
            files.deleteTree(staging.resolve(attempt));
        } catch (IOException secondary) {
            failure.addSuppressed(secondary);
        }
    }

    private List<PruningReport.Format> written() {
        List<PruningReport.Format> written = new ArrayList<>();
        for (ModelFormat format : ModelFormat.values()) {
            written.add(
                    format == ModelFormat.SLIM || formats.contains(format)
                            ? PruningReport.Format.written(format.label(), bytes(format.label()))
                            : PruningReport.Format.omitted(
                                    format.label(), "espalier.publish.formats does not name it"));
        }
        written.add(PruningReport.Format.written(MASKS, bytes(MASKS)));
        return written;
    }

    private long bytes(String folder) {
        return area.entries().values().stream()
                .filter(entry -> entry.name().startsWith(folder + "/"))
                .mapToLong(Manifest.FileEntry::size)
                .sum();
    }

    private void masks() throws IOException {
        PruningMask mask = candidate.mask();
        byte[] json = MaskFile.of(candidate).toJson();
        area.add("masks/mask.json", out -> out.write(json));
        area.add(MaskBits.FILE, out -> out.write(MaskBits.write(mask)));
        SortedMap<String, TensorContent> scales = new TreeMap<>();
        for (int i = 0; i < mask.sublayers().size(); i++) {
            float[] values = mask.values(i);
            scales.put(
                    mask.sublayers().get(i).id(),
                    TensorContent.of(new FloatTensor(new int[] {values.length}, values)));
        }
        area.add(
                "masks/scales.safetensors",
                out -> SafetensorsWriter.write(out, scales, SafetensorsWriter.PT));
    }

    private Manifest manifest() {
        List<Structure> structure = new ArrayList<>();
        for (int i = 0; i < sublayers.size(); i++) {
            Sublayer sublayer = sublayers.get(i).sublayer();
            int[] kept = sublayers.get(i).keptUnits();
            structure.add(
                    new Structure(
                            sublayer.id(),
                            sublayer.kind().label(),
                            sublayer.layer(),
                            sublayer.units(),
                            Arrays.stream(kept).boxed().toList(),
                            kept.length == 0 ? "biasOnly" : "present",
                            true,
                            candidate.repairs().get(i)));
        }
        return new Manifest(
                Manifest.FORMAT,
                candidate.model(),
                candidate.version(),
                candidate.tool(),
                Manifest.DIGEST_PREFIX + candidate.parentDigest(),
                candidate.decision(),
                candidate.budget(),
                candidate.window(),
                candidate.samples(),
                candidate.effectiveSamples(),
                candidate.offsets(),
                candidate.profile(),
                candidate.loss(),
                candidate.statisticsDigest(),
                candidate.seed(),
                structure,
                List.copyOf(area.entries().values()));
    }
}
