package io.espalier.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process held at one moment.
 *
 * @param minute of the run
 * @param residentMebibytes its resident memory
 * @param threads of it
 * @param descriptors open files and sockets
 * @param arrays native arrays of its scorers, as Flink's metrics say
 * @param staged directories in the store's staging
 */
record ProcessReading(
        double minute,
        double residentMebibytes,
        int threads,
        int descriptors,
        int arrays,
        int staged) {

    private static final double KIBIBYTES = 1024;

    /** Reads a process of this machine and what belongs to it. */
    static ProcessReading of(double minute, long pid, int arrays, Path staging) throws IOException {
        Path proc = Path.of("/proc", "" + pid);
        return new ProcessReading(
                minute,
                status(proc, "VmRSS:") / KIBIBYTES,
                (int) status(proc, "Threads:"),
                entries(proc.resolve("fd")),
                arrays,
                entries(staging));
    }

    private static long status(Path proc, String key) throws IOException {
        return Files.readAllLines(proc.resolve("status")).stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.replaceAll("\\D", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }

    private static int entries(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return (int) all.count();
        }
    }
}
