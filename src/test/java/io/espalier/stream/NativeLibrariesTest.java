package io.espalier.stream;

import org.apache.flink.util.MutableURLClassLoader;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A wrong set-up of class loaders is noticed before a native library is loaded. */
class NativeLibrariesTest {

    private static final ClassLoader CLUSTER = NativeLibrariesTest.class.getClassLoader();
    private static final String[] FLINK = {"java.", "org.apache.flink."};
    private static final String[] ALL = {
        "java.", "org.apache.flink.", "ai.djl.", "com.sun.jna.", "org.bytedeco."
    };

    @Test
    void acceptsLibrariesOfTheClusterOnly() throws Exception {
        try (MutableURLClassLoader job = JobLoader.of(List.of(), FLINK)) {
            assertThatCode(() -> NativeLibraries.check(job, CLUSTER)).doesNotThrowAnyException();
        }
    }

    @Test
    void acceptsLibrariesInTheJarWhereTheClusterComesFirst() throws Exception {
        try (MutableURLClassLoader job = JobLoader.of(List.of(djl()), ALL)) {
            assertThatCode(() -> NativeLibraries.check(job, CLUSTER)).doesNotThrowAnyException();
        }
    }

    @Test
    void refusesLibrariesInTheJarWhereTheJobComesFirst() throws Exception {
        try (MutableURLClassLoader job = JobLoader.of(List.of(djl()), FLINK)) {
            assertThatThrownBy(() -> NativeLibraries.check(job, CLUSTER))
                    .isInstanceOf(ClassLoadingException.class)
                    .hasMessageContainingAll(
                            "ai.djl.engine.Engine is loaded with the job, by ChildFirstClassLoader",
                            "lib directory",
                            "classloader.parent-first-patterns.additional:"
                                    + " ai.djl.;com.sun.jna.;org.bytedeco.");
        }
    }

    @Test
    void refusesAProcessWithoutTheLibraries() {
        ClassLoader none = ClassLoader.getPlatformClassLoader();
        assertThatThrownBy(() -> NativeLibraries.check(none, none))
                .isInstanceOf(ClassLoadingException.class)
                .hasMessageContainingAll(
                        "ai.djl.engine.Engine is not on the class path", "lib directory");
    }

    private static Path djl() throws Exception {
        return JobLoader.location(Class.forName("ai.djl.engine.Engine", false, CLUSTER));
    }
}
