package io.espalier.cli;

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

    private static RawRecord record(TsvDataset.Example example, String source) {
        CalibrationSample sample =
                CalibrationSample.newBuilder()
                        .setId("line-" + example.line())
                        .setText(example.text())
                        .setTextPair(example.pair())
                        .setLabel(Integer.toString(example.label()))
                        .build();
        return new RawRecord(
                RecordCodec.CALIBRATION_SAMPLE.encode(sample),
                new Origin(source, 0, example.line(), EVENT_TIME));
    }
}
