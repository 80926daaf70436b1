package io.espalier;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.lang.ArchRule;

import java.io.ObjectInputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** The table of rooms, which room may know what, as rules. */
final class ArchitectureRules {

    static final String ROOT = "io.espalier";

    private static final String FLINK = "org.apache.flink..";
    private static final String KAFKA = "org.apache.kafka..";
    private static final String AVRO = "org.apache.avro..";
    private static final String DJL = "ai.djl..";
    private static final String JACKSON = "com.fasterxml.jackson..";
    private static final String COMMONS_MATH = "org.apache.commons.math3..";
    private static final String SLF4J = "org.slf4j..";

    /** Known to every room. */
    private static final List<String> EVERYWHERE = List.of("java..", "org.jspecify..");

    /** Rooms that talk to people and machines: they may read clocks, start threads and draw. */
    private static final Set<String> OUTER =
            Set.of("cli", "demo", "dashboard", "bench", "client", "cluster");

    /** The table. */
    static final Map<String, Room> ROOMS = rooms();

    private ArchitectureRules() {}

    /**
     * What a room may know besides itself and the JDK.
     *
     * @param rooms other rooms
     * @param libraries package patterns
     */
    record Room(Set<String> rooms, Set<String> libraries) {

        private static Room of(Set<String> rooms, String... libraries) {
            return new Room(rooms, Set.of(libraries));
        }
    }

    private static Map<String, Room> rooms() {
        Map<String, Room> rooms = new LinkedHashMap<>();
        rooms.put("mask", Room.of(Set.of()));
        rooms.put("linalg", Room.of(Set.of(), COMMONS_MATH, "org.bytedeco.."));
        rooms.put("fisher", Room.of(Set.of("mask", "linalg")));
        rooms.put("cost", Room.of(Set.of("mask"), JACKSON));
        rooms.put("search", Room.of(Set.of("mask", "fisher", "cost", "linalg")));
        rooms.put("tuning", Room.of(Set.of("mask", "fisher", "linalg")));
        rooms.put("drift", Room.of(Set.of("mask", "fisher"), COMMONS_MATH));
        rooms.put("json", Room.of(Set.of(), JACKSON));
        rooms.put("safetensors", Room.of(Set.of(), "com.fasterxml.jackson.core.."));
        rooms.put("architecture", Room.of(Set.of("mask"), JACKSON));
        rooms.put(
                "model",
                Room.of(
                        Set.of("mask", "fisher", "linalg", "safetensors", "architecture"),
                        DJL,
                        JACKSON));
        rooms.put(
                "onnx",
                Room.of(
                        Set.of("mask", "safetensors", "architecture"),
                        "ai.onnx.proto..",
                        "com.google.protobuf..",
                        JACKSON));
        rooms.put("report", Room.of(Set.of("mask", "json"), JACKSON));
        rooms.put(
                "artifact",
                Room.of(
                        Set.of("mask", "json", "safetensors", "architecture", "onnx", "report"),
                        JACKSON));
        rooms.put("wire", Room.of(Set.of("mask"), AVRO));
        rooms.put("config", Room.of(Set.of(), "org.apache.flink.configuration.."));
        rooms.put(
                "batch",
                Room.of(
                        Set.of(
                                "mask",
                                "linalg",
                                "fisher",
                                "cost",
                                "search",
                                "tuning",
                                "drift",
                                "model",
                                "report",
                                "artifact")));
        Set<String> above = Set.copyOf(rooms.keySet());
        rooms.put("stream", Room.of(above, FLINK, KAFKA, AVRO, SLF4J));
        rooms.put(
                "cluster",
                Room.of(
                        Set.of(),
                        "org.apache.flink.configuration..",
                        KAFKA,
                        "com.fasterxml.jackson.databind.."));
        rooms.put(
                "client",
                Room.of(Set.of("artifact", "wire"), KAFKA, DJL, "ai.onnxruntime..", JACKSON));
        rooms.put("dashboard", Room.of(Set.of("artifact", "wire", "config"), KAFKA, SLF4J));
        Set<String> all = Set.of("..");
        for (String outer : List.of("demo", "bench")) {
            rooms.put(
                    outer,
                    Room.of(all, FLINK, KAFKA, DJL, JACKSON, SLF4J, "com.google.protobuf.."));
        }
        rooms.put(
                "cli",
                Room.of(
                        all,
                        FLINK,
                        KAFKA,
                        COMMONS_MATH,
                        JACKSON,
                        SLF4J,
                        "ai.onnxruntime..",
                        "picocli..",
                        "me.tongfei.progressbar.."));
        return rooms;
    }

    /** A room knows what the table says and nothing else. */
    static ArchRule room(String name, Room room) {
        List<String> known = new ArrayList<>(EVERYWHERE);
        known.add(inside(name));
        room.rooms().forEach(other -> known.add(other.equals("..") ? ROOT + ".." : inside(other)));
        known.addAll(room.libraries());
        return classes()
                .that()
                .resideInAPackage(inside(name))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(known.toArray(String[]::new));
    }

    /** Every class lives in a room of the table. */
    static ArchRule everythingHasARoom() {
        return classes()
                .should()
                .resideInAnyPackage(
                        ROOMS.keySet().stream()
                                .map(ArchitectureRules::inside)
                                .toArray(String[]::new));
    }

    /** Rooms, the packages directly below a root, do not know each other in a circle. */
    static ArchRule noCycles(String root) {
        return slices().matching(root + ".(*)..").should().beFreeOfCycles();
    }

    /** Java's own deserialisation runs code of the sender's choice. */
    static ArchRule noJavaDeserialisation() {
        return noClasses().should().dependOnClassesThat().areAssignableTo(ObjectInputStream.class);
    }

    /** The same input gives the same output: time, chance and threads come in from outside. */
    static ArchRule noClocksChanceOrThreads() {
        return noClasses()
                .that()
                .resideOutsideOfPackages(
                        OUTER.stream().map(ArchitectureRules::inside).toArray(String[]::new))
                .should()
                .accessTargetWhere(
                        DescribedPredicate.describe(
                                "a clock, an unseeded source of chance or a thread of its own",
                                ArchitectureRules::isAmbient));
    }

    private static boolean isAmbient(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getName();
        String member = access.getTarget().getName();
        boolean empty =
                access.getTarget() instanceof CodeUnitAccessTarget target
                        && target.getRawParameterTypes().isEmpty();
        return isClock(owner, member)
                || isChance(owner, member, empty)
                || (isThread(owner, member) && !lendsThePool(access));
    }

    /**
     * One operator has sublayers repaired side by side, and lends the process's own pool for it:
     * there is nobody further out whom a task manager would ask.
     */
    private static boolean lendsThePool(JavaAccess<?> access) {
        return access.getOriginOwner().getPackageName().equals(ROOT + ".stream.decide")
                && access.getTarget().getName().equals("commonPool");
    }

    private static boolean isClock(String owner, String member) {
        if (owner.equals("java.lang.System")) {
            return member.equals("currentTimeMillis") || member.equals("nanoTime");
        }
        return owner.startsWith("java.time.")
                && (member.equals("now") || member.startsWith("system"));
    }

    private static boolean isChance(String owner, String member, boolean withoutArguments) {
        return switch (owner) {
            case "java.lang.Math" -> member.equals("random");
            case "java.util.Random" -> withoutArguments && isConstructor(member);
            case "java.util.concurrent.ThreadLocalRandom" -> true;
            default -> false;
        };
    }

    private static boolean isThread(String owner, String member) {
        return switch (owner) {
            case "java.lang.Thread", "java.util.Timer" -> isConstructor(member);
            case "java.util.concurrent.Executors", "java.util.concurrent.ForkJoinPool" -> true;
            case "java.util.concurrent.CompletableFuture" -> member.endsWith("Async");
            default -> member.equals("parallel") || member.equals("parallelStream");
        };
    }

    private static boolean isConstructor(String member) {
        return member.equals(JavaConstructor.CONSTRUCTOR_NAME);
    }

    private static String inside(String room) {
        return ROOT + "." + room + "..";
    }
}
