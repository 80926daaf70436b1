package io.espalier.report;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** Named figures with bars in proportion. Mutable, not thread-safe. */
final class Bars {

    private record Bar(String name, @Nullable Double value) {}

    private final List<Bar> bars = new ArrayList<>();

    void add(String name, @Nullable Double value) {
        bars.add(new Bar(name, value));
    }

    /** The bars; the largest takes the whole width. */
    Element element(String unit) {
        double most =
                bars.stream()
                        .mapToDouble(bar -> bar.value() == null ? 0 : bar.value())
                        .max()
                        .orElse(0);
        Element list = Element.of("dl").with("class", "bars");
        for (Bar bar : bars) {
            double share = bar.value() == null || most <= 0 ? 0 : bar.value() / most;
            String figure = Words.figure(bar.value());
            list.add(
                    Element.of("dt", bar.name()),
                    Element.of("dd")
                            .add(
                                    Meter.of(share, null),
                                    Element.of(
                                            "span",
                                            "value",
                                            bar.value() == null
                                                    ? "not known"
                                                    : figure + " " + unit)));
        }
        return list;
    }
}
