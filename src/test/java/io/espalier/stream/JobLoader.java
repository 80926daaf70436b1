package io.espalier.stream;

import org.apache.flink.util.ChildFirstClassLoader;
import org.apache.flink.util.MutableURLClassLoader;

import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;

/** Class loaders as Flink makes one for each job. */
final class JobLoader {

    private JobLoader() {}

    /**
     * A loader that finds a job's classes in its jars first.
     *
     * @param jars jars or directories of classes
     * @param parentFirst prefixes of the classes that are the cluster's whatever the jars hold
     */
    static MutableURLClassLoader of(List<Path> jars, String... parentFirst)
            throws MalformedURLException {
        URL[] urls = new URL[jars.size()];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = jars.get(i).toUri().toURL();
        }
        return new ChildFirstClassLoader(
                urls, JobLoader.class.getClassLoader(), parentFirst, failure -> {});
    }

    /** The jar or directory that a class was loaded from. */
    static Path location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
