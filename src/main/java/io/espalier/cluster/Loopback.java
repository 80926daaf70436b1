package io.espalier.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** The loopback interface: free ports, and whether somebody listens on one. */
public final class Loopback {

    /** Its address. */
    public static final String HOST = "127.0.0.1";

    private static final int FIRST_PORT = 10_000;
    private static final int END_PORT = 32_768;
    private static final int ATTEMPTS = 10_000;
    private static final int CONNECT_MILLIS = 1000;

    private Loopback() {}

    /**
     * Different ports that nobody listens on now.
     *
     * <p>They lie below those that the system gives to outgoing connections and to whoever asks for
     * any port (Linux from 32768, elsewhere from 49152; RFC 6335, section 6): a server binds its
     * port seconds after this look, and again after it was killed, and nobody takes it meanwhile.
     *
     * @throws IOException if there are not as many
     */
    public static List<Integer> freePorts(int count) throws IOException {
        List<Integer> free = new ArrayList<>();
        for (int attempt = 0; free.size() < count; attempt++) {
            if (attempt == ATTEMPTS) {
                throw new IOException(
                        "found %d of %d free ports from %d to %d in %d attempts"
                                .formatted(free.size(), count, FIRST_PORT, END_PORT - 1, ATTEMPTS));
            }
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, END_PORT);
            if (!free.contains(port) && isFree(port)) {
                free.add(port);
            }
        }
        return free;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether a port accepts a connection. */
    public static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
