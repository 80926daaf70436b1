package io.espalier.stream.score;

import io.espalier.model.ScorableSample;
import io.espalier.model.TextClassifier;
import io.espalier.stream.type.AcceptedSample;
import io.espalier.wire.CalibrationSample;
import io.espalier.wire.codec.Labels;

import java.util.Objects;

/** From samples as they are decoded to samples as a model takes them. */
public final class EncodedSamples {

    private EncodedSamples() {}

    /** Tokenises a labelled sample; decoding has checked that the label is known. */
    public static ScorableSample encode(
            AcceptedSample accepted, TextClassifier model, Labels labels) {
        CalibrationSample sample = accepted.sample();
        String label = Objects.requireNonNull(sample.getLabel(), "label");
        return new ScorableSample(
                sample.getId(),
                model.encode(sample.getText(), sample.getTextPair()),
                labels.index(label).orElseThrow());
    }
}
