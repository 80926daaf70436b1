package io.espalier.wire.codec;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The classes of a model: what a sample's label may say.
 *
 * <p>A label is a class name or, where no class has that name, a class index in decimal digits
 * without sign or leading zeros.
 */
public final class Labels {

    private final List<String> names;
    private final Map<String, Integer> indices = new HashMap<>();

    /**
     * The classes in index order.
     *
     * @throws IllegalArgumentException if there are none or a name occurs twice
     */
    public Labels(List<String> names) {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("a model without classes has no labels");
        }
        this.names = List.copyOf(names);
        for (int i = 0; i < names.size(); i++) {
            Integer earlier = indices.putIfAbsent(names.get(i), i);
            if (earlier != null) {
                throw new IllegalArgumentException(
                        "classes " + earlier + " and " + i + " are both '" + names.get(i) + "'");
            }
        }
        for (int i = 0; i < names.size(); i++) {
            indices.putIfAbsent(Integer.toString(i), i);
        }
    }

    /** The class names, in index order. */
    public List<String> names() {
        return names;
    }

    /** The class that a label means; empty if none. */
    public OptionalInt index(String label) {
        Integer index = indices.get(label);
        return index == null ? OptionalInt.empty() : OptionalInt.of(index);
    }
}
