package io.espalier.cli;

import io.espalier.model.ScorableSample;
import io.espalier.model.TextClassifier;
import io.espalier.stream.type.RawRecord;
import io.espalier.wire.CalibrationSample;
import io.espalier.wire.codec.Origin;
import io.espalier.wire.codec.RecordCodec;

import java.util.List;

/** Examples as the records a topic would hold, all of one event time. */
final class CalibrationRecords {

    private static final long EVENT_TIME = 0;

    private CalibrationRecords() {}

    /**
     * Encodes examples.
     *
     * @param source what stands for the topic's name
     */
    static List<RawRecord> of(List<TsvDataset.Example> examples, String source) {
        return examples.stream().map(example -> record(example, source)).toList();
    }

    /** An example as the job would encode it. */
    static ScorableSample encoded(TsvDataset.Example example, TextClassifier model) {
        return new ScorableSample(
                id(example), model.encode(example.text(), example.pair()), example.label());
    }

    private static String id(TsvDataset.Example example) {
        return "line-" + example.line();
    }

    private static RawRecord record(TsvDataset.Example example, String source) {
        CalibrationSample sample =
                CalibrationSample.newBuilder()
                        .setId(id(example))
                        .setText(example.text())
                        .setTextPair(example.pair())
                        .setLabel(Integer.toString(example.label()))
                        .build();
        return new RawRecord(
                RecordCodec.CALIBRATION_SAMPLE.encode(sample),
                new Origin(source, 0, example.line(), EVENT_TIME));
    }
}
