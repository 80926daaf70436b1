package io.espalier.deploy;

import org.apache.flink.configuration.ConfigOption;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** The keys that Flink itself declares, read from the constants of its own option classes. */
final class FlinkKeys {

    /** Families whose last part is free, or whose classes are in Flink's distribution only. */
    private static final List<String> FAMILIES =
            List.of(
                    "containerized.master.env.",
                    "containerized.taskmanager.env.",
                    "kubernetes.entry.path",
                    "external-resource.gpu.driver-factory.class",
                    "external-resource.gpu.amount",
                    "metrics.reporter.prom.factory.class",
                    "metrics.reporter.prom.port",
                    "metrics.reporter.prom.filterLabelValueCharacters",
                    "metrics.reporter.prom.scope.variables.excludes");

    private FlinkKeys() {}

    /** All declared keys, their fallbacks and deprecated names not among them. */
    static Set<String> declared() throws IOException {
        Set<String> keys = new TreeSet<>();
        List<Path> jars =
                Arrays.stream(System.getProperty("java.class.path").split(":", -1))
                        .map(Path::of)
                        .filter(jar -> String.valueOf(jar.getFileName()).matches("flink-.*[.]jar"))
                        .toList();
        for (Path jar : jars) {
            try (JarFile file = new JarFile(jar.toFile())) {
                file.stream()
                        .map(entry -> entry.getName())
                        .filter(name -> name.matches("org/apache/flink/.*Options[.]class"))
                        .forEach(name -> keysOf(name).forEach(keys::add));
            }
        }
        return keys;
    }

    /** Whether a key is declared or of a family that is. */
    static boolean isKnown(String key, Set<String> declared) {
        return declared.contains(key) || FAMILIES.stream().anyMatch(key::startsWith);
    }

    private static Stream<String> keysOf(String entry) {
        try {
            Class<?> options =
                    Class.forName(
                            entry.substring(0, entry.length() - 6).replace('/', '.'),
                            false,
                            FlinkKeys.class.getClassLoader());
            return Arrays.stream(options.getDeclaredFields())
                    .filter(field -> Modifier.isPublic(options.getModifiers()))
                    .filter(field -> Modifier.isPublic(field.getModifiers()))
                    .filter(field -> Modifier.isStatic(field.getModifiers()))
                    .filter(field -> field.getType() == ConfigOption.class)
                    .map(FlinkKeys::keyOf);
        } catch (ClassNotFoundException | LinkageError e) {
            return Stream.of(); // An option class of a part that is not on the class path.
        }
    }

    private static String keyOf(Field option) {
        try {
            return ((ConfigOption<?>) option.get(null)).key();
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(option + " is public, and closed", e);
        }
    }
}
