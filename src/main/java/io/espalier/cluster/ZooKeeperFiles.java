package io.espalier.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The settings of the one ZooKeeper node that remembers which JobManager leads. */
final class ZooKeeperFiles {

    private static final String SETTINGS = "zoo.cfg";

    private ZooKeeperFiles() {}

    static void write(Path directory, int port) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(
                directory.resolve(SETTINGS),
                """
                tickTime=1000
                dataDir=%s
                clientPort=%d
                clientPortAddress=127.0.0.1
                admin.enableServer=false
                maxClientCnxns=0
                """
                        .formatted(directory.resolve("data"), port));
    }

    /** The arguments of the Java command that runs the ZooKeeper that Flink brings along. */
    static List<String> arguments(Path directory, ClusterSettings settings) {
        return List.of(
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlog4j2.configurationFile="
                        + FlinkFiles.directory(settings).resolve("log4j2.properties").toUri(),
                "-cp",
                settings.libraries(),
                "org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.server.ZooKeeperServerMain",
                directory.resolve(SETTINGS).toString());
    }
}
