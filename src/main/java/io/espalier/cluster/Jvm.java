package io.espalier.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * One process of a cluster, as its files tell: arguments, process id and log.
 *
 * <p>It outlives whoever launched it. A process counts as ours only if its command line names our
 * file of arguments, for the system gives ids away again.
 */
final class Jvm {

    private static final Duration EXEC_LIMIT = Duration.ofSeconds(5);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

    private final Path directory;
    private final String name;

    /** The process of a name in the cluster of a directory. */
    Jvm(Path directory, String name) {
        this.directory = directory;
        this.name = name;
    }

    /** Those that were ever launched in a directory, by name. */
    static List<Jvm> launched(Path directory) throws IOException {
        Path files = files(directory);
        if (!Files.isDirectory(files)) {
            return List.of();
        }
        try (var all = Files.list(files)) {
            return all.map(file -> String.valueOf(file.getFileName()))
                    .filter(file -> file.endsWith(".pid"))
                    .sorted()
                    .map(file -> new Jvm(directory, file.substring(0, file.length() - 4)))
                    .toList();
        }
    }

    String name() {
        return name;
    }

    /** What it said, of all its lives. */
    Path log() {
        return directory.resolve("logs").resolve(name + ".log");
    }

    /** Writes the arguments of every launch to come. */
    void define(List<String> arguments) throws IOException {
        Files.createDirectories(files(directory));
        Files.writeString(
                argumentFile(),
                arguments.stream()
                        .map(argument -> argument.replace("\\", "\\\\").replace("\"", "\\\""))
                        .collect(Collectors.joining("\"\n\"", "\"", "\"\n")));
    }

    /** Starts the process and waits until it is Java; the terminal's signals do not reach it. */
    void launch(Map<String, String> environment) throws IOException, InterruptedException {
        Files.createDirectories(directory.resolve("logs"));
        ProcessBuilder builder =
                new ProcessBuilder(
                                "/bin/sh",
                                "-c",
                                "trap '' INT HUP; exec \"$@\"",
                                name,
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "@" + argumentFile())
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        Files.writeString(pidFile(), process.pid() + "\n");
        long deadline = System.nanoTime() + EXEC_LIMIT.toNanos();
        while (process.isAlive() && !isJava(process) && System.nanoTime() < deadline) {
            Thread.sleep(1);
        }
    }

    /** While the shell becomes Java it has no command line, and would look like a stranger. */
    private boolean isJava(Process process) {
        return isOurs(process.toHandle())
                && process.info().command().filter(path -> path.endsWith("/java")).isPresent();
    }

    /** The process if it runs and is ours. */
    Optional<ProcessHandle> process() throws IOException {
        if (!Files.isRegularFile(pidFile())) {
            return Optional.empty();
        }
        String pid = Files.readString(pidFile()).strip();
        if (!pid.matches("[0-9]{1,18}")) {
            throw new IOException(pidFile() + ": holds '" + pid + "', no process id");
        }
        return ProcessHandle.of(Long.parseLong(pid))
                .filter(ProcessHandle::isAlive)
                .filter(this::isOurs);
    }

    private boolean isOurs(ProcessHandle process) {
        return process.info()
                .commandLine()
                .map(line -> line.contains("@" + argumentFile()))
                .orElse(false);
    }

    /** Asks the process to end; does nothing if it has. */
    void terminate() throws IOException {
        process().ifPresent(ProcessHandle::destroy);
    }

    /** Ends the process at once, as {@code kill -9} does, and waits until it is gone. */
    void kill() throws IOException, InterruptedException {
        Optional<ProcessHandle> process = process();
        process.ifPresent(ProcessHandle::destroyForcibly);
        if (process.isPresent() && !ends(process.get(), KILL_LIMIT)) {
            throw new IOException(
                    "%s, process %d, did not end within %s of kill -9"
                            .formatted(name, process.get().pid(), KILL_LIMIT));
        }
    }

    /** Waits until the process has ended; says whether it did. */
    static boolean ends(ProcessHandle process, Duration limit) throws InterruptedException {
        try {
            process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new CompletionException(e);
        }
    }

    private Path argumentFile() {
        return files(directory).resolve(name + ".args");
    }

    private Path pidFile() {
        return files(directory).resolve(name + ".pid");
    }

    private static Path files(Path directory) {
        return directory.resolve("jvm");
    }
}
