package io.espalier.system;

import io.espalier.system.Evidence.Announced;
import io.espalier.system.Evidence.Decided;
import io.espalier.system.Evidence.Fate;
import io.espalier.system.Evidence.Sent;
import io.espalier.system.Violation.Check;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** The checker finds ten faults of ten, each planted in a world in which it finds nothing. */
class CheckerTest {

    @TempDir private static Path directory;
    private static DecisionOracle oracle;

    private final SoundWorld world;

    CheckerTest(@TempDir Path store) throws IOException {
        world = SoundWorld.build(store, oracle);
    }

    @BeforeAll
    static void makeAnOracle() throws IOException {
        oracle = SoundWorld.oracle(directory.resolve("parent"));
    }

    @BeforeEach
    void findsNothingInASoundWorld() {
        assertThat(world.check()).isEmpty(); // The twin of every test here.
    }

    /** Ways in which a run can be wrong, each one change to the sound world. */
    private enum Fault {
        ONE_DROPPED(Check.C1) {
            @Override
            void plant(SoundWorld world) {
                world.decideOn(1, world.ids(1).subList(1, world.ids(1).size()));
            }
        },
        ONE_DOUBLED(Check.C2) {
            @Override
            void plant(SoundWorld world) {
                List<String> ids = new ArrayList<>(world.ids(1));
                ids.add(ids.get(0));
                world.decideOn(1, ids);
            }
        },
        TWO_SWAPPED_BETWEEN_WINDOWS(Check.C4) {
            @Override
            void plant(SoundWorld world) {
                List<String> first = new ArrayList<>(world.ids(0));
                List<String> second = new ArrayList<>(world.ids(1));
                String one = first.set(0, second.get(0));
                second.set(0, one);
                world.decideOn(0, first);
                world.decideOn(1, second);
            }
        },
        TORN_ARTEFACT(Check.C7) {
            @Override
            void plant(SoundWorld world) throws IOException {
                world.tear(2);
            }
        },
        STALE_MASK(Check.C6) {
            @Override
            void plant(SoundWorld world) throws IOException {
                world.keep(2, world.mask(1).kept());
            }
        },
        WRONG_DIGEST(Check.C7) {
            @Override
            void plant(SoundWorld world) {
                Announced model = world.models.get(1);
                world.models.set(
                        1,
                        new Announced(
                                model.decision(),
                                model.version(),
                                model.location(),
                                world.models.get(0).manifestDigest()));
            }
        },
        BUDGET_BROKEN(Check.C8) {
            @Override
            void plant(SoundWorld world) throws IOException {
                world.keepAllHeads(1);
            }
        },
        DEAD_LETTER_MISSING(Check.C1) {
            @Override
            void plant(SoundWorld world) {
                world.refused.remove(0);
            }
        },
        DEAD_LETTER_EXTRA(Check.C1) {
            @Override
            void plant(SoundWorld world) {
                Sent good = world.sent.get(0);
                world.refused.add(
                        new Evidence.Refused(good.partition(), good.offset(), "validate"));
            }
        },
        WRONG_COUNT(Check.C3) {
            @Override
            void plant(SoundWorld world) throws IOException {
                world.count(1, world.mask(1).samples() + 1);
            }
        };

        private final Check found;

        Fault(Check found) {
            this.found = found;
        }

        abstract void plant(SoundWorld world) throws IOException;
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void findsAPlantedFault(Fault fault) throws IOException {
        fault.plant(world);
        List<Violation> violations = world.check();
        assertThat(violations).extracting(Violation::check).contains(fault.found);
        System.out.printf("CheckerTest: %-28s %s%n", fault, checks(violations));
    }

    private static List<Check> checks(List<Violation> violations) {
        return violations.stream().map(Violation::check).distinct().sorted().toList();
    }

    @Test
    void findsAGapInTheSequence() {
        Decided mask = world.masks.remove(1);
        world.models.removeIf(model -> model.decision().equals(mask.decision()));
        assertThat(checks(world.check())).contains(Check.C5, Check.C7);
    }

    @Test
    void findsAReportThatNamesAnotherVersionLive() {
        world.say(3, "KEPT", world.mask(1).version());
        assertThat(checks(world.check())).containsExactly(Check.C5);
    }

    @Test
    void findsAReportThatCallsAPromotedCandidateRejected() {
        world.say(2, "REJECTED", world.mask(2).version());
        assertThat(checks(world.check())).containsExactly(Check.C5);
    }

    @Test
    void findsAReportOfAMaskThatNobodySees() {
        world.say(3, "PROMOTED", world.mask(2).version());
        assertThat(checks(world.check())).containsExactly(Check.C5);
    }

    @Test
    void findsLeftoverStaging() {
        world.staging.add("attempt-7");
        assertThat(checks(world.check())).containsExactly(Check.C9);
    }

    @Test
    void findsARecordThatIsVisibleTwice() {
        world.reports.add(world.reports.get(1));
        assertThat(checks(world.check())).containsExactly(Check.C10);
    }

    @Test
    void findsAVersionThatNobodyAnnounced() throws IOException {
        world.publishUnannounced("macs0.50-000099");
        assertThat(checks(world.check())).containsExactly(Check.C7);
    }

    @Test
    void findsAWindowThatIsMissing() {
        long end = world.mask(1).windowEnd();
        world.reports.removeIf(report -> report.windowEnd() == end);
        assertThat(checks(world.check())).containsExactly(Check.C1, Check.C5);
    }

    @Test
    void findsADeadLetterOfWhatWasNeverSent() {
        world.refused.add(new Evidence.Refused(0, 1_000_000, "decode"));
        assertThat(checks(world.check())).containsExactly(Check.C2);
    }

    @Test
    void takesARecordOfUnknownFateIfSomeChoiceExplainsTheWindow() {
        Sent counted = world.scoredIn(1, 0);
        world.fate(counted, Fate.INFO); // It was stored, though nobody knows.
        assertThat(world.check()).isEmpty();
        world.sent.add(
                new Sent("phantom", 0, -1, counted.windowEnd(), Fate.INFO, null)); // It was not.
        assertThat(world.check()).isEmpty();
    }

    @Test
    void findsThatARecordThatFailedWasCounted() {
        world.fate(world.scoredIn(1, 0), Fate.FAIL);
        assertThat(checks(world.check())).contains(Check.C2, Check.C4);
    }
}
