package io.espalier.stream.score;

import io.espalier.model.Encoding;
import io.espalier.model.ScorableSample;
import io.espalier.model.TextClassifier;
import io.espalier.stream.type.AcceptedSample;
import io.espalier.wire.CalibrationSample;
import io.espalier.wire.codec.Labels;

/** From samples as they are decoded to samples as a model takes them. */
public final class EncodedSamples {

    private EncodedSamples() {}

    /** Tokenises a sample; decoding has checked that its label, if it has one, is known. */
    public static ScorableSample encode(
            AcceptedSample accepted, TextClassifier model, Labels labels) {
        CalibrationSample sample = accepted.sample();
        Encoding encoding = model.encode(sample.getText(), sample.getTextPair());
        String label = sample.getLabel();
        return label == null
                ? ScorableSample.unlabelled(sample.getId(), encoding)
                : new ScorableSample(sample.getId(), encoding, labels.index(label).orElseThrow());
    }
}
