package io.espalier.cluster;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** Ports that are given out are free, and stay clear of those that the system hands to others. */
class LoopbackTest {

    private static final int FIRST_OF_THE_SYSTEM = 32_768;

    @Test
    void portsDifferAreFreeAndNotTheSystemsToGive() throws IOException {
        List<Integer> ports = Loopback.freePorts(100);
        assertThat(ports)
                .hasSize(100)
                .doesNotHaveDuplicates()
                .allMatch(port -> port >= 10_000 && port < FIRST_OF_THE_SYSTEM)
                .noneMatch(Loopback::accepts);
    }

    @Test
    void aPortAcceptsOnlyWhileSomebodyListens() throws IOException {
        int port = Loopback.freePorts(1).get(0);
        assertThat(Loopback.accepts(port)).isFalse();
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(Loopback.accepts(socket.getLocalPort())).isTrue();
        }
    }
}
