package io.espalier.config;

import org.apache.flink.util.InstantiationUtil;

import org.junit.jupiter.api.Test;

import javax.management.BadAttributeValueExpException;

import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.Reader;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.rmi.RemoteException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The shipped filter of Java deserialisation is in force in this JVM, as in those of the
 * integration tests, and bites.
 */
class SerialFilterTest {

    @Test
    void theBuildRunsUnderTheShippedFilter() throws IOException {
        Properties shipped = new Properties();
        try (Reader reader =
                Files.newBufferedReader(Path.of("flink-conf", "serial-filter.properties"))) {
            shipped.load(reader);
        }
        assertThat(ObjectInputFilter.Config.getSerialFilter())
                .hasToString(shipped.getProperty("jdk.serialFilter"));
    }

    @Test
    void whatFlinkSendsPasses() throws Exception {
        for (Serializable value :
                List.of(new ArrayList<>(List.of("a")), new ConcurrentHashMap<>(), new byte[1000])) {
            assertThat(read(value)).isEqualTo(value);
        }
        assertThat(read(new IOException("known"))).isInstanceOf(IOException.class);
    }

    @Test
    void whatAttackersChainIsRefused() {
        for (Serializable value :
                List.of(
                        new BadAttributeValueExpException("x"),
                        new RemoteException("x"),
                        new javax.swing.event.EventListenerList())) {
            assertThatThrownBy(() -> read(value))
                    .as("%s", value.getClass())
                    .isInstanceOf(InvalidClassException.class)
                    .hasMessageContaining("REJECTED");
        }
    }

    private static Object read(Serializable value) throws Exception {
        return InstantiationUtil.deserializeObject(
                InstantiationUtil.serializeObject(value), SerialFilterTest.class.getClassLoader());
    }
}
