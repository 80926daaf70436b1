package io.espalier.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.artifact.ArtifactStore;
import io.espalier.artifact.Manifest;
import io.espalier.artifact.Manifest.Structure;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What prune publishes by each profile, loss and repair, through the job and without it. */
class PruneCommandITCase {

    private static final String VERSION = "macs0.50-000001";

    @TempDir static Path directory;
    private static TinyTask task;
    private static Pruned byDefault;

    @BeforeAll
    static void pruneByDefault() throws IOException {
        task = TinyTask.write(directory.resolve("task"));
        byDefault = prune("default");
    }

    /** A run that succeeded: what it printed, its JSON file and its verified manifest. */
    private record Pruned(String out, JsonNode json, Manifest manifest) {

        JsonNode model() {
            return json.path("models").get(0);
        }

        List<String> repairs() {
            return manifest.structure().stream().map(Structure::repair).distinct().toList();
        }
    }

    @Test
    void theDefaultIsProfileEspalierWithoutLabels() {
        assertThat(byDefault.manifest().profile()).isEqualTo("espalier");
        assertThat(byDefault.manifest().loss()).isEqualTo("true-fisher");
        assertThat(byDefault.repairs()).containsOnly("resolved");
        assertThat(byDefault.model().path("repair").asText()).isEqualTo("projection");
        assertThat(byDefault.json().path("loss").asText()).isEqualTo("label-free");
    }

    @Test
    void theOtherProfileAndLossReachTheManifest() throws IOException {
        Pruned pruned = prune("diagonal", "--profile", "robust-diagonal", "--loss", "supervised");
        assertThat(pruned.manifest().profile()).isEqualTo("robust-diagonal");
        assertThat(pruned.manifest().loss()).isEqualTo("supervised");
    }

    @Test
    void supervisedGradientsReachTheManifest() throws IOException {
        Pruned pruned = prune("supervised", "--loss", "supervised");
        assertThat(pruned.manifest().profile()).isEqualTo("espalier");
        assertThat(pruned.manifest().loss()).isEqualTo("supervised");
    }

    /** So few samples that none is held out: what was asked for stands unjudged. */
    @Test
    void maskValuesAreTheRepairThatWasAskedFor() throws IOException {
        Pruned pruned = prune("values", "--tuning", "mask-values", "--samples", 5);
        assertThat(pruned.model().path("heldOutSamples").asInt()).isZero();
        assertThat(pruned.repairs()).contains("mask-values").doesNotContain("unchanged");
        assertThat(pruned.model().path("repair").asText()).isEqualTo("mask-values");
    }

    /** Mask values happen to harm this model; its projections, in the default run, do not. */
    @Test
    void aRepairThatHeldOutSamplesRefuseIsNotNamed() throws IOException {
        Pruned pruned = prune("refused", "--tuning", "mask-values");
        assertThat(pruned.repairs()).containsOnly("unchanged");
        assertThat(pruned.model().path("repair").asText()).isEqualTo("none");
    }

    @Test
    void theReferenceIsSupervisedAndJudgedOnTheJobsOwnHeldOutSamples() throws IOException {
        Pruned reference = prune("reference", "--profile", "reference");
        assertThat(reference.manifest().profile()).isEqualTo("reference");
        assertThat(reference.manifest().loss()).isEqualTo("supervised");
        assertThat(reference.repairs()).isSubsetOf("mask-values", "unchanged");
        assertThat(reference.model().path("repair").asText()).isEqualTo("published");
        assertSameSamples(reference, byDefault);
    }

    @Test
    void theSequentialRepairIsOfTheJobsStructure() throws IOException {
        Pruned sequential = prune("sequential", "--sequential");
        assertThat(sequential.manifest().profile()).isEqualTo("espalier");
        assertThat(sequential.manifest().loss()).isEqualTo("true-fisher");
        assertThat(sequential.manifest().structure().stream().map(Structure::kept))
                .isEqualTo(byDefault.manifest().structure().stream().map(Structure::kept).toList());
        assertSameSamples(sequential, byDefault);
        JsonNode model = sequential.model();
        assertThat(model.path("pruned").path("divergence").asDouble())
                .isLessThanOrEqualTo(
                        byDefault.model().path("pruned").path("divergence").asDouble() + 1e-4);
        assertThat(model.path("repair").asText()).isIn("sequential", "one-pass");
        assertThat(sequential.out().contains("published with repair 'one-pass'"))
                .isEqualTo(model.path("repair").asText().equals("one-pass"));
    }

    private static void assertSameSamples(Pruned one, Pruned other) {
        assertThat(one.manifest().samples()).isEqualTo(other.manifest().samples());
        assertThat(one.manifest().window()).isEqualTo(other.manifest().window());
        for (String member : List.of("scoredSamples", "heldOutSamples")) {
            assertThat(one.model().path(member)).isEqualTo(other.model().path(member));
        }
        JsonNode dense = one.model().path("dense");
        assertThat(dense.path("accuracy")).isEqualTo(other.model().path("dense").path("accuracy"));
        assertThat(dense.path("loss").asDouble())
                .isCloseTo(other.model().path("dense").path("loss").asDouble(), within(1e-6));
    }

    @Test
    void valuesThatAreNoneAreWrongUsage() {
        assertUsage(
                "--profile is 'fast'; it must be espalier or robust-diagonal or reference",
                "--profile",
                "fast");
        assertUsage("--loss is 'none'; it must be label-free or supervised", "--loss", "none");
        assertUsage("--tuning is 'all'; it must be projection or mask-values", "--tuning", "all");
    }

    /** The twins are the runs above, each without one of the two. */
    @Test
    void optionsThatContradictEachOtherAreRefused() {
        assertRefused(
                "always takes supervised gradients; leave --loss out",
                "--profile",
                "reference",
                "--loss",
                "label-free");
        assertRefused(
                "always takes mask-values, as published; leave --tuning out",
                "--profile",
                "reference",
                "--tuning",
                "projection");
        assertRefused(
                "not reference; leave one of the two out",
                "--profile",
                "reference",
                "--sequential");
        assertRefused("--tuning asks for mask-values", "--sequential", "--tuning", "mask-values");
        assertRefused(
                "the reference profile knows macs alone; name another --profile",
                "--profile",
                "reference",
                "--budget",
                "params=0.5");
    }

    private static void assertUsage(String message, Object... more) {
        TinyTask.Run run = run(directory.resolve("none"), more);
        assertThat(run.err()).contains(message).hasLineCount(1);
        assertThat(run.code()).isEqualTo(2);
    }

    private static void assertRefused(String message, Object... more) {
        TinyTask.Run run = run(directory.resolve("none"), more);
        assertThat(run.err()).startsWith("espalier: --").contains(message).hasLineCount(1);
        assertThat(run.code()).isEqualTo(1);
    }

    private static Pruned prune(String name, Object... more) throws IOException {
        Path output = directory.resolve(name);
        TinyTask.Run run = run(output, more);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains(output.resolve("tiny").resolve(VERSION).toString());
        JsonNode json = new ObjectMapper().readTree(Files.readString(output.resolve("run.json")));
        assertThat(json.path("models").get(0).path("version").asText()).isEqualTo(VERSION);
        return new Pruned(run.out(), json, ArtifactStore.open(output).verify("tiny", VERSION));
    }

    private static TinyTask.Run run(Path output, Object... more) {
        List<Object> arguments =
                new ArrayList<>(
                        List.of(
                                "prune",
                                "--model",
                                task.model(),
                                "--data",
                                task.data(),
                                "--output",
                                output,
                                "--json",
                                output.resolve("run.json"),
                                "--max-length",
                                16));
        arguments.addAll(List.of(more));
        return TinyTask.run(new PruneCommand(), arguments.toArray());
    }
}
