package io.espalier.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.artifact.Candidates;
import io.espalier.mask.MaskDelta;
import io.espalier.mask.PruningMask;
import io.espalier.mask.SublayerKind;
import io.espalier.testing.TinyBert;
import io.espalier.testing.Xml;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

import static org.assertj.core.api.Assertions.assertThat;

/** Two versions side by side, and pairs that cannot be. */
class DiffCommandTest {

    private static final String SAME = "Both have the same mask";

    @TempDir static Path directory;
    private static Path parent;
    private static Path a;
    private static Path b;

    @BeforeAll
    static void publish() throws IOException {
        parent = TinyBert.write(directory.resolve("tiny"));
        a = Candidates.publish(directory.resolve("store"), parent, "v1", 5);
        b =
                ReportedVersion.without(
                        Candidates.publish(directory.resolve("store"), parent, "v2", 6));
    }

    @Test
    void unitsAndJaccardAreThoseOfTheMasks() throws Exception {
        Path json = directory.resolve("diff.json");
        Path svg = directory.resolve("diff.svg");
        TinyTask.Run run = diff(a, b, "--json", json, "--svg", svg, "--ascii");
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).isASCII().contains("A  tiny-bert v1", "B  tiny-bert v2");
        assertThat(run.out()).doesNotContain(SAME);
        PruningMask maskA = Candidates.of(parent, "v1", 5).description().mask();
        PruningMask maskB = Candidates.of(parent, "v2", 6).description().mask();
        for (SublayerKind kind : SublayerKind.values()) {
            String jaccard =
                    String.format(
                            Locale.ROOT,
                            "%.3f",
                            MaskDelta.between(maskA, maskB, kind).jaccardDistance());
            assertThat(run.out())
                    .containsPattern(
                            "all %s +%d/%d +%d/%d .* %s "
                                    .formatted(
                                            kind.label(),
                                            maskA.countKept(kind),
                                            maskA.countUnits(kind),
                                            maskB.countKept(kind),
                                            maskB.countUnits(kind),
                                            jaccard));
        }
        JsonNode first = new ObjectMapper().readTree(json.toFile()).path("sublayers").get(1);
        int rescaled = 0;
        for (int unit = 0; unit < TinyBert.NEURONS; unit++) {
            boolean onlyB = maskB.keeps(1, unit) && !maskA.keeps(1, unit);
            assertThat(contains(first.path("added"), unit)).isEqualTo(onlyB);
            boolean both = maskB.keeps(1, unit) && maskA.keeps(1, unit);
            rescaled += both && maskA.values(1)[unit] != maskB.values(1)[unit] ? 1 : 0;
        }
        assertThat(first.path("rescaled").asInt()).isEqualTo(rescaled).isPositive();
        assertThat(Xml.parse(Files.readString(svg)).getElementsByTagName("title").item(0))
                .extracting(title -> title.getTextContent())
                .isEqualTo("Units kept by A and B");
    }

    private static boolean contains(JsonNode ids, int unit) {
        for (JsonNode id : ids) {
            if (id.asInt() == unit) {
                return true;
            }
        }
        return false;
    }

    @Test
    void aVersionDoesNotDifferFromItself() {
        TinyTask.Run run = diff(a, a);
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains(SAME);
        assertThat(run.out().lines().filter(line -> line.startsWith("all ")))
                .allSatisfy(line -> assertThat(line).containsPattern("\\+0 +-0 +0.000 +0$"))
                .hasSize(2);
    }

    @Test
    void figuresComeFromReportsAndAreDashesWithoutOne() throws IOException {
        Path reported = Candidates.publish(directory.resolve("reported"), parent, "v1", 5);
        ReportedVersion.report(reported);
        TinyTask.Run run = diff(reported, b);
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .containsPattern("cost kept +49.87 % +49.87 %")
                .containsPattern("MACs a sample +1,000,000 +-")
                .containsPattern("parameters +30,000 +-")
                .containsPattern("bytes of weights +[0-9,]+ +[0-9,]+")
                .containsPattern("KL, nats +0.0123 +-")
                .containsPattern("agreement +95.31 % +-");
    }

    @Test
    void versionsOfDifferentParentsAreRefusedNamingBoth() throws IOException {
        Path other = TinyBert.write(directory.resolve("other"));
        Path weights = other.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);
        Path stranger = Candidates.publish(directory.resolve("strangers"), other, "v1", 5);
        String mine = Candidates.of(parent, "v1", 5).description().parentDigest();
        String its = Candidates.of(other, "v1", 5).description().parentDigest();
        assertThat(mine).isNotEqualTo(its);
        TinyTask.Run run = diff(a, stranger);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains(
                        a + " was pruned from sha256:" + mine,
                        stranger + " from sha256:" + its + "; units of different parents")
                .hasLineCount(1);
    }

    @Test
    void bothVersionsAreNeededAndVerified() throws IOException {
        assertThat(diff(a).code()).isEqualTo(2);
        Path broken = Candidates.publish(directory.resolve("broken"), parent, "v2", 6);
        assertThat(diff(a, broken).code()).isZero();
        Files.delete(broken.resolve("slim/config.json"));
        TinyTask.Run run = diff(a, broken);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains(broken + ": file 'slim/config.json' is missing")
                .hasLineCount(1);
    }

    private static TinyTask.Run diff(Object... arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = "diff";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return TinyTask.run(new DiffCommand(), all);
    }
}
