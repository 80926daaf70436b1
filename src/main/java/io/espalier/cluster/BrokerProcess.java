package io.espalier.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The main class of a broker's JVM: formats the storage if that was not done before, and runs the
 * broker; on request it ends with the process that started it.
 *
 * <p>Standard input is then a pipe that the parent never writes to; it ends when the parent does,
 * however that happened. Kafka's server classes are no compile-time dependency, for only their two
 * entry points are called.
 */
final class BrokerProcess {
    /** File beside the properties: a line for each user that storage is formatted with. */
    static final String USERS = "users.scram";

    private BrokerProcess() {}

    /**
     * Runs until stopped. Users come in a file, for a process list shows arguments.
     *
     * @param args file of the server's properties, id of the cluster, whether to end with the
     *     parent
     */
    public static void main(String[] args) throws IOException, ReflectiveOperationException {
        if (Boolean.parseBoolean(args[2])) {
            Thread watch = new Thread(BrokerProcess::haltWithParent, "parent-watch");
            watch.setDaemon(true);
            watch.start();
        }
        Method format =
                Class.forName("kafka.tools.StorageTool")
                        .getMethod("execute", String[].class, PrintStream.class);
        List<String> words =
                new ArrayList<>(
                        List.of("format", "--ignore-formatted", "-t", args[1], "-c", args[0]));
        for (String user : Files.readAllLines(Path.of(args[0]).resolveSibling(USERS))) {
            words.addAll(List.of("--add-scram", user));
        }
        String[] arguments = words.toArray(String[]::new);
        int status = (int) invoke(format, arguments, System.out);
        if (status != 0) {
            System.exit(status);
        }
        Method main = Class.forName("kafka.Kafka").getMethod("main", String[].class);
        String[] server = {args[0]};
        main.invoke(null, (Object) server);
    }

    private static Object invoke(Method method, Object... arguments)
            throws ReflectiveOperationException {
        try {
            return method.invoke(null, arguments);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(method + " failed", e.getCause());
        }
    }

    private static void haltWithParent() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            System.err.println("the parent's pipe broke: " + e.getMessage());
        }
        Runtime.getRuntime().halt(0);
    }
}
