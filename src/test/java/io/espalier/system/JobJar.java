package io.espalier.system;

import io.espalier.stream.KafkaJob;
import io.espalier.testing.SyntheticScorer;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * The jar that a system test submits: Espalier's own classes, and of the tests' those that make
 * synthetic gradients.
 */
final class JobJar {

    private JobJar() {}

    /**
     * Writes the jar.
     *
     * @param libraries jars whose content goes in too, as it never should
     */
    static Path write(Path target, List<Path> libraries) throws IOException {
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(target))) {
            Set<String> names = new HashSet<>();
            copy(location(KafkaJob.class), "", jar, names);
            Path tests = location(SyntheticScorer.class);
            copy(tests, "io/espalier/testing/SyntheticScorer", jar, names);
            copy(tests, "io/espalier/system/SyntheticScorers", jar, names);
            for (Path library : libraries) {
                copy(library, "", jar, names);
            }
        }
        return target;
    }

    private static void copy(Path source, String prefix, JarOutputStream jar, Set<String> names)
            throws IOException {
        if (Files.isDirectory(source)) {
            copyTree(source, prefix, jar, names);
        } else {
            try (FileSystem content = FileSystems.newFileSystem(source)) {
                copyTree(content.getPath("/"), prefix, jar, names);
            }
        }
    }

    private static void copyTree(Path root, String prefix, JarOutputStream jar, Set<String> names)
            throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(root)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            String name = root.relativize(file).toString();
            if (name.startsWith(prefix) && names.add(name)) {
                jar.putNextEntry(new JarEntry(name));
                Files.copy(file, jar);
                jar.closeEntry();
            }
        }
    }

    /** The jar or directory that a class was loaded from. */
    static Path location(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
