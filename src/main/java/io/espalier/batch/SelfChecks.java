package io.espalier.batch;

import io.espalier.artifact.SelfCheck;
import io.espalier.model.Encoding;
import io.espalier.model.TextClassifier;

import java.util.List;

/** Asks a model the questions of the {@link SelfCheck} that is published with it. */
public final class SelfChecks {

    private SelfChecks() {}

    /** The questions with this model's answers. */
    public static SelfCheck of(TextClassifier model) {
        List<SelfCheck.Input> inputs =
                SelfCheck.inputs(
                        model.vocabulary(), model.description().positions(), model.segments());
        return SelfCheck.of(inputs, answers(model, inputs));
    }

    /** A model's answers to the questions of a check, [inputs, labels]. */
    public static float[][] answers(TextClassifier model, List<SelfCheck.Input> inputs) {
        return model.logits(
                inputs.stream()
                        .map(input -> new Encoding(ints(input.ids()), ints(input.types())))
                        .toList());
    }

    private static int[] ints(List<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).toArray();
    }
}
