package io.espalier.cli;

import io.espalier.config.EspalierConfig;
import io.espalier.config.EspalierOptions;
import io.espalier.model.TextClassifier;
import io.espalier.wire.CalibrationSample;
import io.espalier.wire.codec.Decoded;
import io.espalier.wire.codec.Labels;
import io.espalier.wire.codec.Origin;
import io.espalier.wire.codec.RecordCodec;
import io.espalier.wire.codec.SampleDecoder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Text from files, as calibration samples that the job will accept.
 *
 * @param samples in the order of the files and lines
 * @param labelled how many have a label
 */
record SampleFiles(List<CalibrationSample> samples, long labelled) {

    /** Name that stands for standard input where a file is asked for. */
    static final String STANDARD_INPUT = "-";

    private static final String STANDARD_INPUT_NAME = "stdin";

    /** Of samples without labels; no class is ever looked up in it. */
    private static final Labels NO_LABELS = new Labels(List.of("none"));

    /** Copies the list. */
    SampleFiles {
        samples = List.copyOf(samples);
    }

    /**
     * Reads files whole and checks each line as the job will. Samples are called {@code <file
     * name>-<line>} behind the prefix.
     *
     * @param files paths, or {@link #STANDARD_INPUT}
     * @param plain whether a line is a text and nothing else
     * @param config of the job: its model's classes and the size it accepts
     * @throws CommandFailure naming file, line and remedy for the first that would be refused
     */
    static SampleFiles read(
            List<String> files,
            boolean plain,
            String idPrefix,
            InputStream standardInput,
            EspalierConfig config)
            throws IOException {
        BiFunction<String, byte[], TsvRows> parser =
                plain ? TsvRows::plain : TsvRows::unlabelledToo;
        Map<String, TsvRows> byName = new LinkedHashMap<>();
        for (String file : files) {
            boolean standard = file.equals(STANDARD_INPUT);
            String name =
                    standard ? STANDARD_INPUT_NAME : String.valueOf(Path.of(file).getFileName());
            byte[] bytes =
                    standard ? standardInput.readAllBytes() : Files.readAllBytes(Path.of(file));
            TsvRows rows = parser.apply(standard ? STANDARD_INPUT_NAME : file, bytes);
            TsvRows other = byName.put(name, rows);
            if (other != null) {
                throw new CommandFailure(
                        other.source()
                                + " and "
                                + file
                                + ": samples of both would be called '"
                                + name
                                + "-<line>', and ids must be unique; send them one after the other"
                                + " with an --id-prefix each");
            }
        }
        boolean labels =
                byName.values().stream()
                        .flatMap(rows -> rows.rows().stream())
                        .anyMatch(row -> row.label() != null);
        Labels classes =
                labels ? new Labels(TextClassifier.labels(config.model().directory())) : NO_LABELS;
        Check check = new Check(classes, config.source().maxSampleBytes());
        List<CalibrationSample> samples = new ArrayList<>();
        byName.forEach(
                (name, rows) -> {
                    for (TsvRows.Row row : rows.rows()) {
                        samples.add(check.sample(idPrefix + name + "-" + row.line(), rows, row));
                    }
                });
        long labelled = samples.stream().filter(sample -> sample.getLabel() != null).count();
        return new SampleFiles(samples, labelled);
    }

    /** What the job will ask of a sample. */
    private record Check(Labels classes, SampleDecoder decoder) {

        Check(Labels classes, int maxBytes) {
            this(classes, new SampleDecoder(classes, maxBytes));
        }

        CalibrationSample sample(String id, TsvRows rows, TsvRows.Row row) {
            if (row.label() != null) {
                rows.classOf(row, classes);
            }
            CalibrationSample sample =
                    CalibrationSample.newBuilder()
                            .setId(id)
                            .setText(row.text())
                            .setTextPair(row.pair())
                            .setLabel(row.label())
                            .build();
            Decoded decoded =
                    decoder.decode(
                            RecordCodec.CALIBRATION_SAMPLE.encode(sample),
                            new Origin(rows.source(), 0, row.line(), 0));
            if (decoded instanceof Decoded.Rejected rejected) {
                throw new CommandFailure(
                        rows.at(row)
                                + ": the job would refuse it: "
                                + rejected.letter().getMessage()
                                + "; remove the line, or see "
                                + EspalierOptions.SOURCE_MAX_SAMPLE_SIZE.key()
                                + " and --id-prefix");
            }
            return sample;
        }
    }
}
