package io.espalier.cluster;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A broker, a JobManager and TaskManagers, each in a JVM of its own on the loopback interface, kept
 * in a directory.
 *
 * <p>It outlives the process that started it; any other finds it again by its directory. Nothing
 * starts a process again that has ended: {@link #launch} does when it is told to. The broker's data
 * survive that, and everything ends with {@link #stop}.
 */
public final class LoopbackCluster {

    /** Name of the broker's process. */
    public static final String BROKER = "broker";

    /** Name of the JobManager's process. */
    public static final String JOB_MANAGER = "jobmanager";

    private static final String ZOO_KEEPER = "zookeeper";
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
    private static final int ADMIN_MILLIS = 5000;

    /** What a cluster writes into its directory, beside its ports. */
    private static final List<String> OURS =
            List.of("broker", "conf", "high-availability", "jvm", "logs", "tmp", "zookeeper");

    private static final long POLL_MILLIS = 100;

    private final Path directory;
    private final Ports ports;

    /**
     * A process of the cluster.
     *
     * @param name the role, of TaskManagers with a number
     * @param pid of the running process; empty if it does not run
     * @param log what it said
     */
    public record Member(String name, Optional<Long> pid, Path log) {}

    private LoopbackCluster(Path directory, Ports ports) {
        this.directory = directory;
        this.ports = ports;
    }

    /** Name of a TaskManager's process, counted from 1. */
    public static String taskManager(int number) {
        return "taskmanager-" + number;
    }

    /** The cluster that a directory holds, running or not. */
    public static Optional<LoopbackCluster> find(Path directory) throws IOException {
        return Ports.areIn(directory)
                ? Optional.of(new LoopbackCluster(directory, Ports.read(directory)))
                : Optional.empty();
    }

    /**
     * Starts a cluster and waits until its broker answers and its TaskManagers have registered;
     * what an earlier cluster left in the directory is deleted first.
     *
     * @param progress is told each step
     * @throws IOException if one runs there already, if the directory holds something else, or if a
     *     process does not come up; what was started is stopped then
     */
    public static LoopbackCluster start(ClusterSettings settings, Consumer<String> progress)
            throws IOException, InterruptedException {
        Path directory = settings.directory();
        clear(directory);
        Ports ports = Ports.free();
        Files.createDirectories(directory);
        ports.write(directory);
        LoopbackCluster cluster = new LoopbackCluster(directory, ports);
        cluster.define(settings);
        try {
            if (settings.highAvailability()) {
                progress.accept("starting ZooKeeper");
                cluster.launch(ZOO_KEEPER);
                cluster.await(ZOO_KEEPER, "to listen", () -> Loopback.accepts(ports.zooKeeper()));
            }
            progress.accept("starting broker, JobManager and TaskManagers");
            cluster.launch(BROKER);
            cluster.launch(JOB_MANAGER);
            for (int i = 1; i <= settings.taskManagers(); i++) {
                cluster.launch(taskManager(i));
            }
            progress.accept("waiting for the broker");
            cluster.awaitBroker();
            progress.accept("waiting for the TaskManagers");
            cluster.awaitTaskManagers(settings.taskManagers());
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.killAll();
            throw e;
        }
    }

    private static void clear(Path directory) throws IOException {
        Optional<LoopbackCluster> earlier = find(directory);
        if (earlier.isEmpty()) {
            if (Files.isDirectory(directory)) {
                try (Stream<Path> content = Files.list(directory)) {
                    if (content.findAny().isPresent()) {
                        throw new IOException(
                                directory + ": holds files, but no cluster; name another");
                    }
                }
            }
            return;
        }
        for (Member member : earlier.get().members()) {
            if (member.pid().isPresent()) {
                throw new IOException(
                        "%s: a cluster runs there already, its %s is process %d; stop it with"
                                        .formatted(directory, member.name(), member.pid().get())
                                + " 'espalier cluster stop --directory "
                                + directory
                                + "', or name another");
            }
        }
        for (String name : OURS) {
            Path child = directory.resolve(name);
            if (Files.exists(child)) {
                try (Stream<Path> left = Files.walk(child)) {
                    for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(path);
                    }
                }
            }
        }
    }

    private void define(ClusterSettings settings) throws IOException {
        FlinkFiles.write(settings, ports);
        Path broker = directory.resolve("broker");
        BrokerFiles.write(broker, ports.broker(), ports.controller());
        jvm(BROKER).define(BrokerFiles.arguments(broker, settings.brokerClassPath(), false));
        jvm(JOB_MANAGER).define(FlinkFiles.jobManager(settings));
        for (int i = 1; i <= settings.taskManagers(); i++) {
            jvm(taskManager(i)).define(FlinkFiles.taskManager(settings));
        }
        if (settings.highAvailability()) {
            Path zooKeeper = directory.resolve("zookeeper");
            ZooKeeperFiles.write(zooKeeper, ports.zooKeeper());
            jvm(ZOO_KEEPER).define(ZooKeeperFiles.arguments(zooKeeper, settings));
        }
    }

    /** Host and port of the broker, as clients want them. */
    public String bootstrapServers() {
        return Loopback.HOST + ":" + ports.broker();
    }

    /** Host and port of the JobManager's REST interface. */
    public String jobManager() {
        return Loopback.HOST + ":" + ports.rest();
    }

    /** All its processes, by name. */
    public List<Member> members() throws IOException {
        List<Member> members = new ArrayList<>();
        for (Jvm jvm : Jvm.launched(directory)) {
            members.add(new Member(jvm.name(), jvm.process().map(ProcessHandle::pid), jvm.log()));
        }
        return members;
    }

    /**
     * Starts one process, for the first time or again.
     *
     * @throws IOException if it runs
     */
    public void launch(String name) throws IOException, InterruptedException {
        Optional<ProcessHandle> running = jvm(name).process();
        if (running.isPresent()) {
            throw new IOException(name + " runs already, as process " + running.get().pid());
        }
        jvm(name)
                .launch(
                        Map.of(
                                "FLINK_CONF_DIR",
                                directory.resolve("conf").toString(),
                                "OMP_NUM_THREADS",
                                "1",
                                "OPENBLAS_NUM_THREADS",
                                "1",
                                "MALLOC_ARENA_MAX",
                                "2",
                                "ONEDNN_PRIMITIVE_CACHE_CAPACITY",
                                "128"));
    }

    /** Ends one process as {@code kill -9} does; does nothing if it has ended. */
    public void kill(String name) throws IOException, InterruptedException {
        jvm(name).kill();
    }

    /** Waits until the broker answers a client. */
    public void awaitBroker() throws IOException, InterruptedException {
        await(BROKER, "to listen", () -> Loopback.accepts(ports.broker()));
        Map<String, Object> client =
                Map.of(
                        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers(),
                        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ADMIN_MILLIS,
                        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ADMIN_MILLIS);
        try (Admin admin = Admin.create(client)) {
            await(BROKER, "to answer", () -> answers(admin));
        }
    }

    private static boolean answers(Admin admin) throws InterruptedException {
        try {
            admin.describeCluster().nodes().get(ADMIN_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    /** Waits until at least that many TaskManagers have registered with the JobManager. */
    public void awaitTaskManagers(int count) throws IOException, InterruptedException {
        FlinkRest rest = new FlinkRest(jobManager());
        await(JOB_MANAGER, "to listen", () -> Loopback.accepts(ports.rest()));
        await(
                JOB_MANAGER,
                "to register " + count + " TaskManagers",
                () -> {
                    try {
                        return rest.taskManagers() >= count;
                    } catch (IOException e) {
                        return false; // It listens before it leads.
                    }
                });
    }

    private void await(String name, String what, Callable<Boolean> condition)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!holds(condition)) {
            for (Jvm each : Jvm.launched(directory)) {
                if (each.process().isEmpty()) {
                    throw new IOException(each.name() + " has ended; " + LastWords.of(each.log()));
                }
            }
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        "%s took longer than %s %s; %s"
                                .formatted(name, START_LIMIT, what, LastWords.of(jvm(name).log())));
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static boolean holds(Callable<Boolean> condition)
            throws IOException, InterruptedException {
        try {
            return condition.call();
        } catch (IOException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    /**
     * Asks every process to end, and kills what has not ended in time; does nothing for what has.
     *
     * @return names of those that ran
     */
    public List<String> stop() throws IOException, InterruptedException {
        List<String> stopped = new ArrayList<>();
        List<Jvm> all = Jvm.launched(directory);
        for (Jvm jvm : all) {
            if (jvm.process().isPresent()) {
                stopped.add(jvm.name());
                jvm.terminate();
            }
        }
        long deadline = System.nanoTime() + STOP_LIMIT.toNanos();
        for (Jvm jvm : all) {
            Optional<ProcessHandle> process = jvm.process();
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            if (process.isPresent() && !Jvm.ends(process.get(), left)) {
                jvm.kill();
            }
        }
        return stopped;
    }

    /** Kills every process at once. */
    public void killAll() throws IOException, InterruptedException {
        for (Jvm jvm : Jvm.launched(directory)) {
            jvm.process().ifPresent(ProcessHandle::destroyForcibly);
        }
        for (Jvm jvm : Jvm.launched(directory)) {
            jvm.kill();
        }
    }

    private Jvm jvm(String name) {
        return new Jvm(directory, name);
    }
}
