package io.espalier.config;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings of Kafka's clients that an operator may choose, under the prefix {@code
 * espalier.kafka.properties.}.
 *
 * <p>Refused are settings that the job decides, protocols that are broken, and secrets in clear: a
 * secret is a reference that the client itself resolves, so that neither a configuration file, a
 * process list, a job graph nor a log ever holds it. No message here repeats a value.
 */
final class KafkaProperties {

    static final String ALLOWED =
            "settings of Kafka's clients; secrets as `${file:/path:key}` or `${env:NAME}`";

    private static final String PREFIX = EspalierOptions.KAFKA_PROPERTIES.key() + ".";
    private static final String REMEDY =
            "; write ${file:/path:key} for the line key=... of a file, or ${env:NAME}";
    private static final String TRANSACTIONAL =
            "the job is exactly-once for read_committed readers only with its own value";

    /** What the client replaces by a secret. */
    private static final Pattern REFERENCE =
            Pattern.compile("\\$\\{(?:file:/[^:{}]+|env):[^:{}]+}");

    /** An entry of a login module's line that is a secret, and its value. */
    private static final Pattern LOGIN_SECRET =
            Pattern.compile(
                    "\\w*(?:pass|secret)\\w*\\s*=\\s*(\"[^\"]*\"|'[^']*'|[^\\s;]*)",
                    Pattern.CASE_INSENSITIVE);

    private static final List<String> SAFE_PROTOCOLS = List.of("TLSv1.2", "TLSv1.3");

    /** Settings that are decided elsewhere, and where. */
    private static final Map<String, String> DECIDED =
            Map.ofEntries(
                    Map.entry("bootstrap.servers", set(EspalierOptions.KAFKA_BOOTSTRAP_SERVERS)),
                    Map.entry("group.id", set(EspalierOptions.KAFKA_GROUP_ID)),
                    Map.entry(
                            "transactional.id", set(EspalierOptions.KAFKA_TRANSACTIONAL_ID_PREFIX)),
                    Map.entry(
                            "transaction.timeout.ms",
                            set(EspalierOptions.KAFKA_TRANSACTION_TIMEOUT)),
                    Map.entry("isolation.level", TRANSACTIONAL),
                    Map.entry("enable.auto.commit", "offsets are part of the checkpoint"),
                    Map.entry("auto.offset.reset", "the job starts at the earliest sample"),
                    Map.entry("acks", TRANSACTIONAL),
                    Map.entry("enable.idempotence", TRANSACTIONAL),
                    Map.entry("transaction.two.phase.commit.enable", TRANSACTIONAL),
                    Map.entry("key.serializer", "the formats are the job's"),
                    Map.entry("value.serializer", "the formats are the job's"),
                    Map.entry("key.deserializer", "the formats are the job's"),
                    Map.entry("value.deserializer", "the formats are the job's"));

    private KafkaProperties() {}

    /** Whether a configuration's key names one of these settings. */
    static boolean contains(String key) {
        return key.startsWith(PREFIX);
    }

    /** Whether a value under such a name must not be repeated in a message. */
    static boolean isSecret(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.contains("password")
                || lower.contains("passphrase")
                || lower.contains("secret")
                || lower.contains("jaas.config")
                || lower.endsWith("keystore.key");
    }

    /**
     * The settings by their Kafka names.
     *
     * @throws ConfigException if one is refused; the message holds no value of a secret
     */
    static Map<String, String> read(Configuration configuration) {
        Map<String, String> all = configuration.toMap();
        if (all.containsKey(EspalierOptions.KAFKA_PROPERTIES.key())) {
            throw new ConfigException(
                    EspalierOptions.KAFKA_PROPERTIES.key()
                            + " is a prefix; set one key for each setting, like "
                            + PREFIX
                            + "security.protocol");
        }
        Map<String, String> properties = new TreeMap<>();
        all.forEach(
                (key, value) -> {
                    if (contains(key)) {
                        String name = key.substring(PREFIX.length());
                        check(name, value);
                        properties.put(name, value);
                    }
                });
        return Map.copyOf(properties);
    }

    private static void check(String name, String value) {
        String decided = DECIDED.get(name);
        if (decided != null) {
            throw refused(name, "is not for you to set: " + decided);
        }
        if (name.equals("config.providers") || name.startsWith("config.providers.")) {
            throw refused(name, "is set already; its providers are 'file' and 'env'");
        }
        if (isSecret(name) && !isHidden(name, value)) {
            throw refused(name, "holds a secret in clear" + REMEDY);
        }
        if (name.equals("ssl.protocol") || name.equals("ssl.enabled.protocols")) {
            List<String> protocols =
                    Arrays.stream(value.split(",", -1)).map(String::strip).toList();
            if (!SAFE_PROTOCOLS.containsAll(protocols)) {
                throw refused(name, "= '" + value + "' is not allowed; allowed: TLSv1.2, TLSv1.3");
            }
        }
    }

    private static boolean isHidden(String name, String value) {
        if (REFERENCE.matcher(value.strip()).matches()) {
            return true;
        }
        if (!name.toLowerCase(Locale.ROOT).contains("jaas.config")) {
            return false;
        }
        Matcher secrets = LOGIN_SECRET.matcher(value);
        while (secrets.find()) {
            String secret = secrets.group(1).replaceAll("^[\"']|[\"']$", "");
            if (!REFERENCE.matcher(secret).matches()) {
                return false;
            }
        }
        return true;
    }

    private static String set(ConfigOption<?> option) {
        return "set " + option.key();
    }

    private static ConfigException refused(String name, String why) {
        return new ConfigException(PREFIX + name + " " + why);
    }
}
