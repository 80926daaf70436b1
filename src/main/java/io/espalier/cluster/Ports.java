package io.espalier.cluster;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/** The ports of a cluster, all on the loopback interface, and the file that keeps them. */
record Ports(int broker, int controller, int rpc, int blob, int rest, int zooKeeper) {

    private static final String FILE = "cluster.properties";

    /** Ports that are free now. */
    static Ports free() throws IOException {
        List<Integer> free = Loopback.freePorts(6);
        return new Ports(
                free.get(0), free.get(1), free.get(2), free.get(3), free.get(4), free.get(5));
    }

    /** Whether a directory is, or was, a cluster's. */
    static boolean areIn(Path directory) {
        return Files.isRegularFile(directory.resolve(FILE));
    }

    /**
     * Reads what was written.
     *
     * @throws IOException if it was not, or is damaged
     */
    static Ports read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        Properties ports = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            ports.load(reader);
            return new Ports(
                    port(ports, "broker"),
                    port(ports, "controller"),
                    port(ports, "rpc"),
                    port(ports, "blob"),
                    port(ports, "rest"),
                    port(ports, "zookeeper"));
        } catch (NumberFormatException e) {
            throw new IOException(file + ": a port is missing or no number", e);
        }
    }

    private static int port(Properties ports, String name) {
        return Integer.parseInt(ports.getProperty(name));
    }

    void write(Path directory) throws IOException {
        Properties ports = new Properties();
        ports.setProperty("broker", "" + broker);
        ports.setProperty("controller", "" + controller);
        ports.setProperty("rpc", "" + rpc);
        ports.setProperty("blob", "" + blob);
        ports.setProperty("rest", "" + rest);
        ports.setProperty("zookeeper", "" + zooKeeper);
        try (Writer writer =
                Files.newBufferedWriter(directory.resolve(FILE), StandardCharsets.UTF_8)) {
            ports.store(writer, "Ports of an Espalier cluster on the loopback interface");
        }
    }
}
