package io.espalier.cluster;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import static java.util.Locale.ROOT;

/**
 * Listeners with TLS 1.2 or 1.3 and SASL SCRAM-SHA-512 that a broker opens beside the plain one.
 *
 * @param listeners the PKCS12 key store of each, by the listener's name in capitals
 * @param storePassword of every store and key
 * @param passwords of users, by name
 */
public record BrokerSecurity(
        Map<String, Path> listeners, String storePassword, Map<String, String> passwords) {

    /** No listener but the plain one. */
    public static final BrokerSecurity NONE = new BrokerSecurity(Map.of(), "", Map.of());

    private static final String MECHANISM = "SCRAM-SHA-512";

    /** Copies the maps. */
    public BrokerSecurity {
        listeners = Map.copyOf(listeners);
        passwords = Map.copyOf(passwords);
    }

    /** Only names: a record would print what it holds. */
    @Override
    public String toString() {
        return "BrokerSecurity" + listeners.keySet();
    }

    /** The broker's settings of these listeners. */
    String properties() {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(listeners)
                .forEach(
                        (name, store) ->
                                text.append(
                                        """
                                        %1$s.ssl.keystore.type=PKCS12
                                        %1$s.ssl.keystore.location=%2$s
                                        %1$s.ssl.keystore.password=%3$s
                                        %1$s.ssl.key.password=%3$s
                                        %1$s.sasl.enabled.mechanisms=%4$s
                                        %1$s.%5$s.sasl.jaas.config=%6$s required;
                                        """
                                                .formatted(
                                                        "listener.name." + name.toLowerCase(ROOT),
                                                        store.toAbsolutePath(),
                                                        storePassword,
                                                        MECHANISM,
                                                        MECHANISM.toLowerCase(ROOT),
                                                        "org.apache.kafka.common.security.scram"
                                                                + ".ScramLoginModule")));
        return text.isEmpty() ? "" : text + "ssl.enabled.protocols=TLSv1.3,TLSv1.2\n";
    }

    /** One line for each user, as the storage tool wants it. */
    String users() {
        return new TreeMap<>(passwords)
                .entrySet().stream()
                        .map(
                                user ->
                                        MECHANISM
                                                + "=[name="
                                                + user.getKey()
                                                + ",password="
                                                + user.getValue()
                                                + "]\n")
                        .collect(Collectors.joining());
    }
}
