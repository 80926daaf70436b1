package io.espalier;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.espalier.ArchitectureRules.Room;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/** The house stands as its table of rooms says, and each rule would notice if it did not. */
class ArchitectureTest {

    private static final JavaClasses HOUSE =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages(ArchitectureRules.ROOT);

    static Set<String> rooms() {
        return ArchitectureRules.ROOMS.keySet();
    }

    private static Room room(String name) {
        return Objects.requireNonNull(ArchitectureRules.ROOMS.get(name), name);
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void aRoomKnowsOnlyWhatTheTableAllows(String name) {
        ArchitectureRules.room(name, room(name)).allowEmptyShould(true).check(HOUSE);
    }

    /** These arrows are in use, so a table without any one of them is broken. */
    @ParameterizedTest
    @CsvSource({
        "linalg, org.apache.commons.math3..",
        "linalg, org.bytedeco..",
        "fisher, mask",
        "fisher, linalg",
        "cost, mask",
        "search, mask",
        "search, fisher",
        "search, cost",
        "tuning, mask",
        "tuning, fisher",
        "tuning, linalg",
        "drift, mask",
        "safetensors, com.fasterxml.jackson.core..",
        "model, mask",
        "model, fisher",
        "model, safetensors",
        "model, ai.djl..",
        "model, architecture",
        "architecture, mask",
        "artifact, mask",
        "artifact, safetensors",
        "wire, org.apache.avro..",
        "config, org.apache.flink.configuration..",
        "stream, model",
        "stream, wire",
        "stream, org.apache.flink..",
        "batch, mask",
        "batch, cost",
        "batch, search",
        "batch, tuning",
        "batch, model",
        "batch, artifact",
        "cluster, org.apache.flink.configuration..",
        "cluster, org.apache.kafka..",
        "cluster, com.fasterxml.jackson.databind..",
        "client, artifact",
        "client, wire",
        "client, org.apache.kafka..",
        "client, ai.djl..",
        "client, ai.onnxruntime..",
        "client, com.fasterxml.jackson..",
        "demo, ..",
        "cli, org.apache.commons.math3.."
    })
    void anArrowThatIsNotInTheTableIsNoticed(String name, String arrow) {
        Room room = room(name);
        assertThat(room.rooms().contains(arrow) || room.libraries().contains(arrow)).isTrue();
        Room less = new Room(without(room.rooms(), arrow), without(room.libraries(), arrow));
        assertThat(ArchitectureRules.room(name, less).evaluate(HOUSE).hasViolation()).isTrue();
    }

    private static Set<String> without(Set<String> all, String one) {
        return all.stream().filter(each -> !each.equals(one)).collect(Collectors.toSet());
    }

    @Test
    void everyClassHasARoom() {
        ArchitectureRules.everythingHasARoom().check(HOUSE);
        assertViolations(ArchitectureRules.everythingHasARoom(), Clocks.class, 1);
    }

    @Test
    void roomsDoNotKnowEachOtherInACircle() {
        ArchitectureRules.noCycles(ArchitectureRules.ROOT).check(HOUSE);
        String planted = ArchitectureRules.ROOT + ".testing.cycle";
        JavaClasses circle = new ClassFileImporter().importPackages(planted);
        assertThat(ArchitectureRules.noCycles(planted).evaluate(circle).hasViolation()).isTrue();
    }

    @Test
    void nothingIsDeserialisedByJava() {
        ArchitectureRules.noJavaDeserialisation().check(HOUSE);
        assertViolations(ArchitectureRules.noJavaDeserialisation(), Deserialising.class, 2);
    }

    @Test
    void timeChanceAndThreadsComeFromOutside() {
        ArchRule rule = ArchitectureRules.noClocksChanceOrThreads();
        rule.check(HOUSE);
        assertViolations(rule, Clocks.class, 5);
        assertViolations(rule, Chance.class, 3);
        assertViolations(rule, Threads.class, 3);
        assertViolations(rule, Given.class, 0);
    }

    private static void assertViolations(ArchRule rule, Class<?> planted, int count) {
        JavaClasses classes = new ClassFileImporter().importClasses(planted);
        assertThat(rule.evaluate(classes).getFailureReport().getDetails()).hasSize(count);
    }

    /** Reads clocks. */
    @SuppressWarnings("unused") // Only its byte code is looked at.
    private static final class Clocks {
        private final LongSupplier reference = System::nanoTime;
        private final Clock clock = Clock.systemUTC();

        private long read() {
            return System.currentTimeMillis() + System.nanoTime() + Instant.now().toEpochMilli();
        }
    }

    /** Draws what no seed repeats. */
    @SuppressWarnings("unused") // Only its byte code is looked at.
    private static final class Chance {
        private double draw() {
            return new Random().nextDouble()
                    + Math.random()
                    + ThreadLocalRandom.current().hashCode();
        }
    }

    /** Starts threads. */
    @SuppressWarnings("unused") // Only its byte code is looked at.
    private static final class Threads {
        private final Thread thread = new Thread(() -> {});
        private final ExecutorService pool = Executors.newCachedThreadPool();
        private final long count = List.of(1).parallelStream().count();
    }

    /** Is given its clock and its seed. */
    @SuppressWarnings("unused") // Only its byte code is looked at.
    private static final class Given {
        private final Random random = new Random(7);

        private long read(Clock clock) {
            return clock.millis() + Instant.ofEpochMilli(3).toEpochMilli() + random.nextInt();
        }
    }

    /** Lets a stream say what to construct. */
    @SuppressWarnings({"unused", "BanSerializableRead"}) // Only its byte code is looked at.
    private static final class Deserialising {
        private Object read(InputStream in) throws IOException, ClassNotFoundException {
            return new ObjectInputStream(in).readObject();
        }
    }
}
