package io.espalier.artifact;

import io.espalier.mask.Projection;
import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;
import io.espalier.report.Outcome;
import io.espalier.report.PruningReport;
import io.espalier.report.SublayerReport;
import io.espalier.safetensors.SafetensorsFile;
import io.espalier.testing.TinyBert;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A candidate of the tiny BERT with scaled, also negative, mask values, no head left in layer 1 and
 * no neuron left in layer 2.
 *
 * @param parent the dense parent's directory
 * @param description with the given version
 * @param sublayers folded
 */
public record Candidates(
        Path parent, CandidateDescription description, List<SlimSublayer> sublayers) {

    static final int EMPTY_ATTENTION = 2;
    static final int EMPTY_FFN = 5;

    static final Set<ModelFormat> ALL = EnumSet.allOf(ModelFormat.class);

    /** A candidate drawn by a seed. */
    public static Candidates of(Path parent, String version, long seed) throws IOException {
        List<Sublayer> sublayers = TinyBert.sublayers();
        Random random = new Random(seed);
        float[][] values = new float[sublayers.size()][];
        List<SlimSublayer> slim = new ArrayList<>();
        try (SafetensorsFile weights = SafetensorsFile.open(parent.resolve("model.safetensors"))) {
            for (int i = 0; i < values.length; i++) {
                values[i] = new float[sublayers.get(i).units()];
                for (int unit = 0; unit < values[i].length; unit++) {
                    boolean keep = i != EMPTY_ATTENTION && i != EMPTY_FFN && random.nextBoolean();
                    values[i][unit] = keep ? (float) random.nextGaussian() : 0f;
                }
                slim.add(Folding.fold(sublayers.get(i), dense(sublayers.get(i)), values[i]));
            }
            return new Candidates(
                    parent,
                    new CandidateDescription(
                            "tiny-bert",
                            version,
                            "tiny-bert/macs=0.5/17",
                            weights.sha256(),
                            PruningMask.of(sublayers, values),
                            Collections.nCopies(values.length, "unchanged"),
                            new Manifest.Budget("macs=0.5", 0.5, 0.4987),
                            new Manifest.Window(1_000, 2_000),
                            2048,
                            2000.5,
                            List.of(new Manifest.Offsets("samples-0", 17, 4711)),
                            "espalier",
                            "supervised",
                            "0f".repeat(32),
                            7,
                            "espalier 0.1.0"),
                    slim);
        }
    }

    /** The same model under another version. */
    Candidates as(String version) {
        CandidateDescription d = description;
        return new Candidates(
                parent,
                new CandidateDescription(
                        d.model(),
                        version,
                        d.decision(),
                        d.parentDigest(),
                        d.mask(),
                        d.repairs(),
                        d.budget(),
                        d.window(),
                        d.samples(),
                        d.effectiveSamples(),
                        d.offsets(),
                        d.profile(),
                        d.loss(),
                        d.statisticsDigest(),
                        d.seed(),
                        d.tool()),
                sublayers);
    }

    /** Publishes a candidate and returns its version's directory. */
    public static Path publish(Path store, Path parent, String version, long seed)
            throws IOException {
        ArtifactStore artifacts = ArtifactStore.open(store);
        StagedModel staged = of(parent, version, seed).stageIn(artifacts, ALL);
        artifacts.commit(staged);
        return artifacts.published(staged.model(), staged.version());
    }

    static Projection dense(Sublayer sublayer) {
        return new Projection(
                sublayer.inputWidth(),
                TinyBert.HIDDEN,
                TinyBert.floats("w/" + sublayer.projection() + ".weight"),
                TinyBert.floats("w/" + sublayer.projection() + ".bias"));
    }

    /** Stages its slim form alone. */
    public StagedModel stageIn(ArtifactStore store) throws IOException {
        return stageIn(store, EnumSet.of(ModelFormat.SLIM));
    }

    /** Stages it. */
    StagedModel stageIn(ArtifactStore store, Set<ModelFormat> formats) throws IOException {
        return store.draft(description, sublayers, parent, formats)
                .complete(written -> report(description, written), check(), RunFile.NONE);
    }

    /** Of sizes that nobody measured. */
    public static PruningReport report(
            CandidateDescription description, List<PruningReport.Format> written) {
        PruningReport.Change size = new PruningReport.Change(2, 1);
        return new PruningReport(
                PruningReport.FORMAT,
                description.model(),
                description.version(),
                description.tool(),
                "sha256:" + description.parentDigest(),
                new PruningReport.Window(1_000, 2_000, description.samples(), 2000.5, 0, 17.5),
                new PruningReport.Budget("macs=0.5", 0.5, 0.4987, 1),
                new PruningReport.Decision(
                        description.decision(),
                        description.profile(),
                        description.loss(),
                        null,
                        null,
                        Outcome.PUBLISHED,
                        "a test asked for it",
                        new PruningReport.PredictedErrors(null, null, null)),
                List.of(),
                PruningReport.Qualities.UNKNOWN,
                new PruningReport.Totals(size, size, size),
                SublayerReport.of(
                        description.mask(),
                        TinyBert.HIDDEN,
                        description.repairs(),
                        Collections.nCopies(description.repairs().size(), List.of())),
                written);
    }

    /** Of answers that nobody gave; stores do not ask. */
    static SelfCheck check() {
        List<SelfCheck.Input> inputs = SelfCheck.inputs(10, 64, 2);
        return SelfCheck.of(inputs, new float[inputs.size()][2]);
    }
}
