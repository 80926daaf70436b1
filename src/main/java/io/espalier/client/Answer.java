package io.espalier.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a model makes of a text.
 *
 * @param version of the model: one and the same from the text's first token to the last logit
 * @param labels names of the classes
 * @param logits of the classes, in their order
 */
public record Answer(ModelVersion version, List<String> labels, List<Float> logits) {

    /** Copies the lists. */
    public Answer {
        labels = List.copyOf(labels);
        logits = List.copyOf(logits);
        if (labels.size() != logits.size()) {
            throw new IllegalArgumentException(
                    version + ": " + logits.size() + " logits for " + labels.size() + " labels");
        }
    }

    static Answer of(ModelVersion version, List<String> labels, float[] logits) {
        List<Float> values = new ArrayList<>();
        for (float logit : logits) {
            values.add(logit);
        }
        return new Answer(version, labels, values);
    }

    /** The likeliest class; the first of them if there are several. */
    public String label() {
        return labels.get(logits.indexOf(Collections.max(logits)));
    }

    /** Probability of {@link #label}. */
    public double probability() {
        return Collections.max(probabilities());
    }

    /** The softmax of the logits, in the order of the labels. */
    public List<Double> probabilities() {
        double top = Collections.max(logits);
        double sum = logits.stream().mapToDouble(logit -> Math.exp(logit - top)).sum();
        return logits.stream().map(logit -> Math.exp(logit - top) / sum).toList();
    }
}
