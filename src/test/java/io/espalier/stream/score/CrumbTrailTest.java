package io.espalier.stream.score;

import io.espalier.stream.score.CrumbTrail.Verdict;
import io.espalier.wire.codec.Origin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Inputs that kill the process end as dead letters, after so many deaths and no more. */
class CrumbTrailTest {

    private static final long SEED = Long.getLong("seed", 20_261_122);
    private static final int BATCH = 8;

    @TempDir private Path directory;

    /** A process that dies in native code; nothing after that runs, no finally either. */
    private static final class Death extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static Origin origin(long offset) {
        return new Origin("samples", 3, offset, 0);
    }

    private static List<Origin> origins(long from, int count) {
        return IntStream.range(0, count).mapToObj(i -> origin(from + i)).toList();
    }

    private static CrumbTrail newProcess(Path crumbs, String attempt) throws IOException {
        return CrumbTrail.open(crumbs, attempt, new ReentrantReadWriteLock());
    }

    private void die(String attempt, List<Origin> inputs) throws Exception {
        newProcess(directory, attempt).drop(inputs);
    }

    @Test
    void aSuspectIsScoredWhileNoOtherTaskOfTheProcessScores() throws Exception {
        die("a", origins(0, BATCH));
        ReadWriteLock process = new ReentrantReadWriteLock();
        CrumbTrail one = CrumbTrail.open(directory, "b", process);
        CrumbTrail other = CrumbTrail.open(directory, "c", process);
        CompletableFuture<Void> suspect;
        try (CrumbTrail.Dropped innocent = other.drop(origins(100, BATCH))) {
            assertThat(innocent).isNotNull();
            try (CrumbTrail.Dropped company = one.drop(origins(200, BATCH))) {
                assertThat(company).isNotNull(); // Batches do not wait for each other.
            }
            suspect =
                    CompletableFuture.runAsync(
                            () -> {
                                try (CrumbTrail.Dropped alone = one.drop(origins(3, 1))) {
                                    assertThat(alone).isNotNull();
                                } catch (IOException | InterruptedException e) {
                                    throw new AssertionError(e);
                                }
                            });
            assertThat(suspect).isNotDone();
            assertThat(directory).isDirectoryNotContaining("glob:**b.1.crumb");
        }
        suspect.get();
        assertThat(process.writeLock().tryLock()).isTrue();
    }

    @Test
    void anInputIsClearThenSuspectThenCondemned() throws Exception {
        assertThat(CrumbTrail.open(directory, "a").verdict(origin(5))).isEqualTo(Verdict.CLEAR);
        die("a", origins(0, BATCH));
        CrumbTrail second = CrumbTrail.open(directory, "b");
        assertThat(second.crumbs()).isEqualTo(1);
        assertThat(second.verdict(origin(5))).isEqualTo(Verdict.SUSPECT);
        assertThat(second.verdict(origin(BATCH))).isEqualTo(Verdict.CLEAR);
        die("b", List.of(origin(5)));
        CrumbTrail third = CrumbTrail.open(directory, "c");
        assertThat(third.verdict(origin(5))).isEqualTo(Verdict.CONDEMNED);
        assertThat(third.verdict(origin(4))).isEqualTo(Verdict.SUSPECT);
        assertThat(third.reason(origin(5))).contains("died 2 times").contains("2 are enough");
        Origin elsewhere = new Origin("samples", 4, 5, 0);
        assertThat(third.verdict(elsewhere)).isEqualTo(Verdict.CLEAR);
    }

    @Test
    void twoDeathsInCompanyOnlyMakeSuspects() throws Exception {
        die("a", origins(0, BATCH));
        die("b", origins(0, BATCH)); // It cannot have read the first crumb.
        assertThat(CrumbTrail.open(directory, "c").verdict(origin(0))).isEqualTo(Verdict.SUSPECT);
    }

    @Test
    void aCallThatReturnsOrThrowsLeavesNothing() throws Exception {
        CrumbTrail trail = CrumbTrail.open(directory, "a");
        try (CrumbTrail.Dropped dropped = trail.drop(origins(0, BATCH))) {
            assertThat(dropped).isNotNull();
            assertThat(directory).isDirectoryContaining("glob:**.crumb");
        }
        assertThatThrownBy(
                        () -> {
                            try (CrumbTrail.Dropped dropped = trail.drop(origins(0, 1))) {
                                throw new IllegalStateException(dropped.getClass().getName());
                            }
                        })
                .isInstanceOf(IllegalStateException.class);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void theLoopEndsWithExactlyTheKillersRefused() throws Exception {
        Random random = new Random(SEED);
        System.out.printf("CrumbTrailTest: -Dseed=%d%n", SEED);
        for (int round = 0; round < 20; round++) {
            Path crumbs = directory.resolve("round" + round);
            Set<Long> killers = new TreeSet<>();
            while (killers.size() < 1 + round % 4) {
                killers.add((long) random.nextInt(10 * BATCH));
            }
            Set<Long> scored = new TreeSet<>();
            Set<Long> refused = new TreeSet<>();
            int deaths = 0;
            while (!attempt(crumbs, "r" + deaths, killers, scored, refused)) {
                deaths++;
                assertThat(deaths).isLessThanOrEqualTo(2 * killers.size());
            }
            assertThat(refused).isEqualTo(killers);
            assertThat(scored)
                    .hasSize(10 * BATCH - killers.size())
                    .doesNotContainAnyElementsOf(killers);
        }
    }

    /** One process over the whole topic, from the last checkpoint: the beginning. */
    private static boolean attempt(
            Path crumbs, String name, Set<Long> killers, Set<Long> scored, Set<Long> refused)
            throws Exception {
        scored.clear();
        refused.clear();
        CrumbTrail trail = newProcess(crumbs, name);
        List<Origin> batch = new ArrayList<>();
        try {
            for (Origin input : origins(0, 10 * BATCH)) {
                switch (trail.verdict(input)) {
                    case CONDEMNED -> refused.add(input.offset());
                    case SUSPECT -> score(trail, List.of(input), killers, scored);
                    case CLEAR -> {
                        batch.add(input);
                        if (batch.size() == BATCH) {
                            score(trail, batch, killers, scored);
                            batch.clear();
                        }
                    }
                }
            }
            if (!batch.isEmpty()) {
                score(trail, batch, killers, scored);
            }
            return true;
        } catch (Death e) {
            return false;
        }
    }

    private static void score(
            CrumbTrail trail, List<Origin> inputs, Set<Long> killers, Set<Long> scored)
            throws Exception {
        CrumbTrail.Dropped dropped = trail.drop(inputs);
        for (Origin input : inputs) {
            if (killers.contains(input.offset())) {
                throw new Death(); // Before the crumb is removed, as a dead process would.
            }
        }
        dropped.close();
        inputs.forEach(input -> scored.add(input.offset()));
    }

    @Test
    void namesThatAreTakenAreSteppedOver() throws Exception {
        die("a", origins(0, 1));
        CrumbTrail again = CrumbTrail.open(directory, "a");
        try (CrumbTrail.Dropped dropped = again.drop(origins(9, 1))) {
            assertThat(dropped).isNotNull();
        }
        assertThat(CrumbTrail.open(directory, "b").verdict(origin(0))).isEqualTo(Verdict.SUSPECT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "end\n",
                "espalier-crumb 1 batch\nend\n",
                "espalier-crumb 2 batch\nsamples 3 5\nend\n",
                "espalier-crumb 1 batch\nsamples 3 5\n",
                "espalier-crumb 1 batch\nsamples 3 5\nen",
                "espalier-crumb 1 batch\nsamples 3\nend\n",
                "espalier-crumb 1 batch\nsamples 3 -5\nend\n",
                "espalier-crumb 1 batch\nsamples 3 99999999999999999999\nend\n",
                "espalier-crumb 1 nobody\nsamples 3 5\nend\n",
                "espalier-crumb 1 batch\n../../etc 3 5\nend\n",
                "espalier-crumb 1 batch\r\nsamples 3 5\r\nend\r\n",
                "espalier-crumb 1 batch\nsamples 3 5\nsamples 3 x\nend\n"
            })
    void whatIsNoCrumbIsIgnoredAndLeftAlone(String hostile) throws Exception {
        Path file = Files.writeString(directory.resolve("x.1.crumb"), hostile);
        CrumbTrail trail = CrumbTrail.open(directory, "a");
        assertThat(trail.crumbs()).isZero();
        assertThat(trail.verdict(origin(5))).isEqualTo(Verdict.CLEAR);
        assertThat(file).exists();
        Files.writeString(file, "espalier-crumb 1 batch\nsamples 3 5\nend\n");
        assertThat(CrumbTrail.open(directory, "a").verdict(origin(5))).isEqualTo(Verdict.SUSPECT);
    }

    @Test
    void survivesEverythingElseThatMayLieInADirectory() throws Exception {
        Files.createDirectory(directory.resolve("folder.1.crumb"));
        Files.createSymbolicLink(directory.resolve("link.1.crumb"), Path.of("/dev/zero"));
        Files.createSymbolicLink(directory.resolve("gone.1.crumb"), directory.resolve("nothing"));
        Files.writeString(
                directory.resolve("notes.txt"), "espalier-crumb 1 batch\nsamples 3 5\nend\n");
        Files.write(directory.resolve("big.1.crumb"), new byte[Crumb.MAX_BYTES + 1]);
        byte[] noise = new byte[1000];
        new Random(SEED).nextBytes(noise);
        Files.write(directory.resolve("noise.1.crumb"), noise);
        CrumbTrail trail = CrumbTrail.open(directory, "a");
        assertThat(trail.crumbs()).isZero();
        assertThat(trail.verdict(origin(5))).isEqualTo(Verdict.CLEAR);
    }

    @Test
    void keepsABoundedNumberOfLeftovers() throws Exception {
        int left = CrumbTrail.MAX_CRUMBS + 20;
        for (int i = 0; i < left; i++) {
            die("attempt" + i, List.of(origin(i)));
        }
        CrumbTrail trail = CrumbTrail.open(directory, "z");
        assertThat(trail.crumbs()).isEqualTo(CrumbTrail.MAX_CRUMBS);
        try (var files = Files.list(directory)) {
            assertThat(files).hasSize(CrumbTrail.MAX_CRUMBS);
        }
    }

    @Test
    void refusesWhatIsTooMuchOrBadlyNamed() throws Exception {
        CrumbTrail trail = CrumbTrail.open(directory, "a");
        assertThatThrownBy(() -> trail.drop(List.of())).hasMessageContaining("crumb of 0 places");
        assertThatThrownBy(() -> trail.drop(origins(0, Crumb.MAX_PLACES + 1)))
                .hasMessageContaining("" + (Crumb.MAX_PLACES + 1))
                .hasMessageContaining("" + Crumb.MAX_PLACES);
        trail.drop(origins(0, Crumb.MAX_PLACES)).close();
        assertThatThrownBy(() -> CrumbTrail.open(directory, "../a")).hasMessageContaining("../a");
        Path file = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> CrumbTrail.open(file, "a")).isInstanceOf(IOException.class);
    }
}
