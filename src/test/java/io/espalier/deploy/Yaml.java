package io.espalier.deploy;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A mapping of a YAML file, read strictly: no key twice, no type of another program. */
record Yaml(Map<?, ?> map) {

    /** The documents of a file. */
    static List<Yaml> documents(Path file) throws IOException {
        return parse(Files.readString(file));
    }

    /** The documents of a text. */
    static List<Yaml> parse(String text) {
        LoaderOptions strict = new LoaderOptions();
        strict.setAllowDuplicateKeys(false);
        List<Yaml> documents = new ArrayList<>();
        new org.yaml.snakeyaml.Yaml(new SafeConstructor(strict))
                .loadAll(text)
                .forEach(document -> documents.add(new Yaml((Map<?, ?>) document)));
        return documents;
    }

    /** The only document of a file. */
    static Yaml read(Path file) throws IOException {
        List<Yaml> documents = documents(file);
        if (documents.size() != 1) {
            throw new IOException(file + " holds " + documents.size() + " documents, not 1");
        }
        return documents.get(0);
    }

    /** A mapping further down. */
    Yaml at(String... path) {
        Yaml at = this;
        for (String key : path) {
            at = new Yaml((Map<?, ?>) at.get(key));
        }
        return at;
    }

    /** What stands under a key. */
    Object get(String key) {
        return Objects.requireNonNull(map.get(key), () -> key + " is not in " + map.keySet());
    }

    /** The same as text. */
    String text(String key) {
        return get(key).toString();
    }

    /** A list of texts; none if there is no such key. */
    List<String> texts(String key) {
        return map.containsKey(key)
                ? ((List<?>) get(key)).stream().map(Object::toString).toList()
                : List.of();
    }

    /** A list of mappings; none if there is no such key. */
    List<Yaml> items(String key) {
        return map.containsKey(key)
                ? ((List<?>) get(key)).stream().map(item -> new Yaml((Map<?, ?>) item)).toList()
                : List.of();
    }

    /** Every value as text, white space made one blank. */
    Map<String, String> flat() {
        Map<String, String> flat = new LinkedHashMap<>();
        map.forEach(
                (key, value) -> flat.put(key.toString(), value.toString().replaceAll("\\s+", " ")));
        return flat;
    }

    /** The keys. */
    List<String> keys() {
        return map.keySet().stream().map(Object::toString).toList();
    }
}
