package io.espalier.stream;

import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;

import io.espalier.config.ConfigException;
import io.espalier.config.EspalierConfig;
import io.espalier.config.EspalierOptions;

import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What every Kafka client of the job is given beyond its own purpose: the operator's settings, and
 * the providers that put a secret in the place of {@code ${file:/path:key}} and {@code ${env:NAME}}
 * when a client is made, in the process that makes it.
 *
 * <p>So a job graph, a checkpoint and Flink's own log hold references only; Kafka's clients log
 * secrets as hidden.
 */
public final class KafkaClientSettings {

    private static final String PROVIDERS = AbstractConfig.CONFIG_PROVIDERS_CONFIG;
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(?:file|env):[^}]*}");

    private KafkaClientSettings() {}

    /**
     * The settings, unresolved.
     *
     * @throws ConfigException if a name is no setting of a client, which Kafka would ignore; a
     *     misspelt {@code security.protocol} would send records in clear
     */
    public static Properties of(EspalierConfig config) {
        Properties settings = new Properties();
        TreeSet<String> known = new TreeSet<>(ProducerConfig.configNames());
        known.addAll(ConsumerConfig.configNames());
        known.addAll(AdminClientConfig.configNames());
        config.kafka()
                .properties()
                .forEach(
                        (name, value) -> {
                            if (!known.contains(name)) {
                                throw new ConfigException(
                                        key(name) + " is no setting of Kafka's clients");
                            }
                            settings.setProperty(name, value);
                        });
        if (settings.values().stream().anyMatch(KafkaClientSettings::refers)) {
            settings.setProperty(PROVIDERS, "file,env");
            settings.setProperty(PROVIDERS + ".file.class", FileConfigProvider.class.getName());
            settings.setProperty(PROVIDERS + ".env.class", EnvVarConfigProvider.class.getName());
        }
        return settings;
    }

    /**
     * Proves that every reference leads to a secret here; a client would take one that does not for
     * the secret itself.
     *
     * @throws ConfigException naming the setting and its file, never what stands there
     */
    static void requireResolved(EspalierConfig config) {
        Properties settings = of(config);
        for (String name : config.kafka().properties().keySet()) {
            if (!refers(settings.getProperty(name))) {
                continue;
            }
            Properties alone = new Properties();
            settings.forEach(
                    (key, value) -> {
                        if (key.equals(name) || key.toString().startsWith(PROVIDERS)) {
                            alone.put(key, value);
                        }
                    });
            try {
                Object resolved =
                        new AbstractConfig(new ConfigDef(), alone, false).originals().get(name);
                if (resolved == null || refers(resolved)) {
                    throw new ConfigException(
                            unresolved(name, settings) + "; there is no such key or variable");
                }
            } catch (KafkaException e) {
                throw new ConfigException(unresolved(name, settings) + ": " + e.getMessage(), e);
            }
        }
    }

    private static String unresolved(String name, Properties settings) {
        List<String> references =
                REFERENCE
                        .matcher(settings.getProperty(name))
                        .results()
                        .map(MatchResult::group)
                        .toList();
        return key(name) + " refers to " + String.join(" and ", references);
    }

    private static boolean refers(Object value) {
        return REFERENCE.matcher(value.toString()).find();
    }

    private static String key(String name) {
        return EspalierOptions.KAFKA_PROPERTIES.key() + "." + name;
    }
}
