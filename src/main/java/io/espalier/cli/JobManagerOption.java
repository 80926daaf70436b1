package io.espalier.cli;

import io.espalier.cluster.FlinkRest;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which Flink cluster a command talks to. */
final class JobManagerOption {

    @Option(
            names = "--jobmanager",
            required = true,
            paramLabel = "HOST:PORT",
            converter = AddressConverter.class,
            description = "REST interface of the cluster's JobManager.")
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

    FlinkRest rest() {
        return new FlinkRest(address.host() + ":" + address.port());
    }
}
