package io.espalier.stream;

import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

import java.util.List;

/**
 * Whether classes with native libraries come from the cluster's class path, as they must.
 *
 * <p>Flink loads each job's own classes anew, but a native library loads once in a JVM: if DJL came
 * with the job, the first job on a TaskManager would run and the next one would fail.
 */
final class NativeLibraries {

    /** One class of each library whose natives are loaded by it. */
    private static final List<String> OWNERS =
            List.of(
                    "ai.djl.engine.Engine",
                    "ai.djl.pytorch.jni.JniUtils",
                    "ai.djl.huggingface.tokenizers.HuggingFaceTokenizer",
                    "com.sun.jna.Native",
                    "org.bytedeco.javacpp.Loader",
                    "org.bytedeco.openblas.global.openblas");

    private static final String CURE =
            "; put DJL, JNA, OpenBLAS and JavaCPP with their natives into the lib directory of"
                    + " every Flink process, leave them out of the job's jar, and set"
                    + " classloader.parent-first-patterns.additional:"
                    + " ai.djl.;com.sun.jna.;org.bytedeco.";

    private NativeLibraries() {}

    /**
     * Checks the classes that this one sees.
     *
     * @throws ClassLoadingException naming the first class that is missing or comes with the job
     */
    static void check() {
        check(
                NativeLibraries.class.getClassLoader(),
                StreamExecutionEnvironment.class.getClassLoader());
    }

    /**
     * Checks the classes that a loader sees.
     *
     * @param job loads the job's classes
     * @param cluster loads Flink's
     */
    static void check(ClassLoader job, ClassLoader cluster) {
        for (String name : OWNERS) {
            ClassLoader owner;
            try {
                owner = Class.forName(name, false, job).getClassLoader();
            } catch (ClassNotFoundException e) {
                throw new ClassLoadingException(
                        name + " is not on the class path of this Flink process" + CURE, e);
            }
            if (owner != cluster) {
                throw new ClassLoadingException(
                        name
                                + " is loaded with the job, by "
                                + owner.getClass().getSimpleName()
                                + ", and not with Flink, by "
                                + cluster.getClass().getSimpleName()
                                + ": its native library loads once in a process, so that a second"
                                + " job could not use it"
                                + CURE);
            }
        }
    }
}
