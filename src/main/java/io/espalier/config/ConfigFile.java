package io.espalier.config;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.YamlParserUtils;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * A configuration file: YAML (nested or dotted keys) or Java properties in UTF-8, told apart by the
 * name's ending.
 */
public final class ConfigFile {

    private ConfigFile() {}

    /**
     * The file's keys with some replaced.
     *
     * @param overrides values that win over the file's, by full key
     * @throws ConfigException if there is no such file or it is malformed; the line names it
     */
    public static Configuration load(Path file, Map<String, String> overrides) {
        String name = file.toString();
        if (!Files.isRegularFile(file)) {
            throw new ConfigException(name + ": there is no such file");
        }
        Map<String, String> values = new TreeMap<>();
        try {
            if (name.endsWith(".yaml") || name.endsWith(".yml")) {
                flatten(name, "", YamlParserUtils.loadYamlFile(file.toFile()), values);
            } else if (name.endsWith(".properties")) {
                properties(file).forEach((key, value) -> values.put((String) key, (String) value));
            } else {
                throw new ConfigException(
                        name + ": a configuration file ends in .yaml, .yml or .properties");
            }
        } catch (ConfigException e) {
            throw e;
        } catch (ClassCastException e) { // Flink's reader believes that a document is a mapping.
            throw new ConfigException(name + ": holds no keys with values", e);
        } catch (Exception e) { // Flink declares no narrower one.
            String message = String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " ");
            throw new ConfigException(name + ": cannot be read: " + message, e);
        }
        values.putAll(overrides);
        Configuration configuration = new Configuration();
        values.forEach(configuration::setString);
        return configuration;
    }

    private static Properties properties(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        }
        return properties;
    }

    private static void flatten(
            String file, String prefix, Map<?, ?> map, Map<String, String> values) {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String key = prefix + entry.getKey();
            Object value = entry.getValue();
            if (value instanceof Map<?, ?> nested) {
                flatten(file, key + ".", nested, values);
                continue;
            }
            if (value == null) {
                throw new ConfigException(file + ": " + key + " has no value");
            }
            String text =
                    value instanceof List<?>
                            ? YamlParserUtils.toYAMLString(value)
                            : value.toString();
            String earlier = values.put(key, text);
            if (earlier != null) {
                throw new ConfigException(
                        file
                                + ": "
                                + key
                                + " is set twice"
                                + (KafkaProperties.isSecret(key)
                                        ? ""
                                        : ", to '" + earlier + "' and '" + text + "'"));
            }
        }
    }
}
