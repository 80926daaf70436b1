package io.espalier.cli;

import io.espalier.cluster.FlinkRest;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

import java.io.IOException;

/** Which Flink cluster a command talks to. */
final class JobManagerOption {

    @Option(
            names = "--jobmanager",
            required = true,
            paramLabel = "HOST:PORT",
            converter = AddressConverter.class,
            description =
                    "REST interface of the cluster's JobManager; of a cluster on this machine"
                            + " 'cluster status' prints it.")
    private Address address;

    /**
     * Host and port.
     *
     * @param host a name or an address
     * @param port from 1 to 65535
     */
    record Address(String host, int port) {}

    /** Reads an address. */
    static final class AddressConverter implements ITypeConverter<Address> {

        @Override
        public Address convert(String value) {
            int colon = value.lastIndexOf(':');
            String port = value.substring(colon + 1);
            if (colon < 1 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
                throw new TypeConversionException("'" + value + "' is not HOST:PORT");
            }
            return new Address(value.substring(0, colon), Integer.parseInt(port));
        }
    }

    /** For picocli, which fills the fields. */
    @SuppressWarnings("NullAway.Init") // picocli sets required options before call().
    JobManagerOption() {}

    Address address() {
        return address;
    }

    /** Host and port, as on the command line. */
    String text() {
        return address.host() + ":" + address.port();
    }

    FlinkRest rest() {
        return new FlinkRest(text());
    }

    /**
     * Asks for what only a JobManager tells: whatever else answers is refused at once, without a
     * client's retries.
     */
    void reach() throws InterruptedException {
        try {
            rest().slots();
        } catch (IOException e) {
            throw new CommandFailure(
                    e.getMessage()
                            + "; --jobmanager is the address of its REST interface, port 8081 by"
                            + " default; 'espalier cluster status' prints that of a cluster on this"
                            + " machine",
                    e);
        }
    }
}
