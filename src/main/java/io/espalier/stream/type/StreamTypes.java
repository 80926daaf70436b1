package io.espalier.stream.type;

import org.apache.flink.api.common.typeinfo.TypeInformation;

import io.espalier.fisher.SublayerStatistics;
import io.espalier.wire.ControlAcknowledgement;
import io.espalier.wire.ControlCommand;
import io.espalier.wire.DeadLetter;
import io.espalier.wire.DriftReport;
import io.espalier.wire.LabelUpdate;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.PrunedModelAnnouncement;
import io.espalier.wire.codec.RecordCodec;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The type information of everything that crosses the network or rests in state. No type is left to
 * reflection, Kryo or Java serialisation.
 */
public final class StreamTypes {

    private static final CodecType<SublayerSummary> SUMMARY_CODEC =
            new CodecType<>(
                    "sublayer-summary",
                    SublayerSummary.class,
                    false,
                    codec(SublayerSummary::write, SublayerSummary::read));

    private static final CodecType<RawRecord> RAW_RECORD_CODEC =
            new CodecType<>(
                    "raw-record", RawRecord.class, false, codec(RawRecord::write, RawRecord::read));

    private static final CodecType<AcceptedSample> SAMPLE_CODEC =
            new CodecType<>(
                    "accepted-sample",
                    AcceptedSample.class,
                    false,
                    codec(AcceptedSample::write, AcceptedSample::read));

    private static final CodecType<SublayerStatistics> STATISTICS_CODEC =
            new CodecType<>(
                    "sublayer-statistics",
                    SublayerStatistics.class,
                    true,
                    codec(SublayerStatistics::write, SublayerStatistics::read));

    private static final CodecType<PaneStatistics> PANE_CODEC =
            new CodecType<>(
                    "pane-statistics",
                    PaneStatistics.class,
                    true,
                    codec(PaneStatistics::write, PaneStatistics::read));

    private static final CodecType<ControlState> CONTROL_STATE_CODEC =
            new CodecType<>(
                    "control-state",
                    ControlState.class,
                    false,
                    codec(ControlState::write, ControlState::read));

    private static final CodecType<DecisionInput> DECISION_INPUT_CODEC =
            new CodecType<>(
                    "decision-input",
                    DecisionInput.class,
                    false,
                    codec(DecisionInput::write, DecisionInput::read));

    private static final CodecType<Publication> PUBLICATION_CODEC =
            new CodecType<>(
                    "publication",
                    Publication.class,
                    false,
                    codec(Publication::write, Publication::read));

    private static final CodecType<ControlCommand> COMMAND_CODEC =
            new CodecType<>(
                    "control-command",
                    ControlCommand.class,
                    false,
                    new WireCodec<>(RecordCodec.CONTROL_COMMAND));

    private static final CodecType<ControlAcknowledgement> ACKNOWLEDGEMENT_CODEC =
            new CodecType<>(
                    "control-acknowledgement",
                    ControlAcknowledgement.class,
                    false,
                    new WireCodec<>(RecordCodec.CONTROL_ACKNOWLEDGEMENT));

    private static final CodecType<LabelUpdate> LABEL_CODEC =
            new CodecType<>(
                    "label-update",
                    LabelUpdate.class,
                    false,
                    new WireCodec<>(RecordCodec.LABEL_UPDATE));

    private static final CodecType<DecisionMemory> MEMORY_CODEC =
            new CodecType<>(
                    "decision-memory",
                    DecisionMemory.class,
                    false,
                    codec(DecisionMemory::write, DecisionMemory::read));

    private static final CodecType<Windowed<AcceptedSample>> WINDOWED_SAMPLE_CODEC =
            windowed("windowed-sample", SAMPLE_CODEC);

    private static final CodecType<Windowed<SublayerStatistics>> WINDOWED_STATISTICS_CODEC =
            windowed("windowed-statistics", STATISTICS_CODEC);

    private static final CodecType<Windowed<SublayerSummary>> WINDOWED_SUMMARY_CODEC =
            windowed("windowed-summary", SUMMARY_CODEC);

    private static final CodecType<DeadLetter> DEAD_LETTER_CODEC =
            new CodecType<>("dead-letter", DeadLetter.class, false, new WireCodec.OfDeadLetter());

    private static final CodecType<MaskUpdate> MASK_UPDATE_CODEC =
            new CodecType<>(
                    "mask-update",
                    MaskUpdate.class,
                    false,
                    new WireCodec<>(RecordCodec.MASK_UPDATE));

    private static final CodecType<PrunedModelAnnouncement> ANNOUNCEMENT_CODEC =
            new CodecType<>(
                    "announcement",
                    PrunedModelAnnouncement.class,
                    false,
                    new WireCodec<>(RecordCodec.PRUNED_MODEL_ANNOUNCEMENT));

    private static final CodecType<DriftReport> DRIFT_REPORT_CODEC =
            new CodecType<>(
                    "drift-report",
                    DriftReport.class,
                    false,
                    new WireCodec<>(RecordCodec.DRIFT_REPORT));

    private static final Map<String, CodecType<?>> BY_NAME =
            Stream.of(
                            SUMMARY_CODEC,
                            RAW_RECORD_CODEC,
                            SAMPLE_CODEC,
                            MEMORY_CODEC,
                            DEAD_LETTER_CODEC,
                            MASK_UPDATE_CODEC,
                            ANNOUNCEMENT_CODEC,
                            DRIFT_REPORT_CODEC,
                            WINDOWED_SAMPLE_CODEC,
                            WINDOWED_STATISTICS_CODEC,
                            WINDOWED_SUMMARY_CODEC,
                            PANE_CODEC,
                            CONTROL_STATE_CODEC,
                            DECISION_INPUT_CODEC,
                            PUBLICATION_CODEC,
                            COMMAND_CODEC,
                            ACKNOWLEDGEMENT_CODEC,
                            LABEL_CODEC)
                    .collect(Collectors.toMap(CodecType::name, Function.identity()));

    /** Records as they are read. */
    public static final TypeInformation<RawRecord> RAW_RECORD = info(RAW_RECORD_CODEC);

    /** Decoded samples. */
    public static final TypeInformation<AcceptedSample> SAMPLE = info(SAMPLE_CODEC);

    /** Samples of a window. */
    public static final TypeInformation<Windowed<AcceptedSample>> WINDOWED_SAMPLE =
            info(WINDOWED_SAMPLE_CODEC);

    /** Partial statistics of a window. */
    public static final TypeInformation<Windowed<SublayerStatistics>> WINDOWED_STATISTICS =
            info(WINDOWED_STATISTICS_CODEC);

    /** Summaries waiting for their window to be complete. */
    public static final TypeInformation<SublayerSummary> SUMMARY = info(SUMMARY_CODEC);

    /** Summaries of a window. */
    public static final TypeInformation<Windowed<SublayerSummary>> WINDOWED_SUMMARY =
            info(WINDOWED_SUMMARY_CODEC);

    /** Statistics of a stretch of event time. */
    public static final TypeInformation<PaneStatistics> PANE = info(PANE_CODEC);

    /** What operators asked for. */
    public static final TypeInformation<ControlState> CONTROL_STATE = info(CONTROL_STATE_CODEC);

    /** What decisions are made from. */
    public static final TypeInformation<DecisionInput> DECISION_INPUT = info(DECISION_INPUT_CODEC);

    /** What becomes visible in the store. */
    public static final TypeInformation<Publication> PUBLICATION = info(PUBLICATION_CODEC);

    /** Operators' commands. */
    public static final TypeInformation<ControlCommand> COMMAND = info(COMMAND_CODEC);

    /** Answers to them. */
    public static final TypeInformation<ControlAcknowledgement> ACKNOWLEDGEMENT =
            info(ACKNOWLEDGEMENT_CODEC);

    /** Labels that came after their samples. */
    public static final TypeInformation<LabelUpdate> LABEL = info(LABEL_CODEC);

    /** What decisions remember. */
    public static final TypeInformation<DecisionMemory> MEMORY = info(MEMORY_CODEC);

    /** Inputs that were refused. */
    public static final TypeInformation<DeadLetter> DEAD_LETTER = info(DEAD_LETTER_CODEC);

    /** Mask updates. */
    public static final TypeInformation<MaskUpdate> MASK_UPDATE = info(MASK_UPDATE_CODEC);

    /** Announcements of pruned models. */
    public static final TypeInformation<PrunedModelAnnouncement> ANNOUNCEMENT =
            info(ANNOUNCEMENT_CODEC);

    /** Drift reports. */
    public static final TypeInformation<DriftReport> DRIFT_REPORT = info(DRIFT_REPORT_CODEC);

    private StreamTypes() {}

    /**
     * A codec with its name.
     *
     * @param name written into snapshots of state; never changes
     * @param type class of the values
     * @param mutable whether a copy must be deep
     * @param codec the format
     */
    record CodecType<T>(String name, Class<T> type, boolean mutable, Codec<T> codec) {}

    /** The codec of a name. */
    @SuppressWarnings("unchecked") // The name was taken from a CodecType of the same T.
    static <T> CodecType<T> byName(String name) {
        CodecType<?> found = BY_NAME.get(name);
        if (found == null) {
            throw new IllegalStateException(
                    "state holds the type '" + name + "', which this Espalier does not know");
        }
        return (CodecType<T>) found;
    }

    private static <T> TypeInformation<T> info(CodecType<T> type) {
        return new CodecTypeInfo<>(type.name());
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // A class literal has no type argument.
    private static <T> CodecType<Windowed<T>> windowed(String name, CodecType<T> values) {
        return new CodecType<>(
                name, (Class) Windowed.class, values.mutable(), Windowed.codec(values.codec()));
    }

    /** Half of a codec. */
    private interface Writer<T> {
        void write(T value, DataOutput out) throws IOException;
    }

    /** The other half. */
    private interface Reader<T> {
        T read(DataInput in) throws IOException;
    }

    private static <T> Codec<T> codec(Writer<T> writer, Reader<T> reader) {
        return new Codec<>() {
            @Override
            public void write(T value, DataOutput out) throws IOException {
                writer.write(value, out);
            }

            @Override
            public T read(DataInput in) throws IOException {
                return reader.read(in);
            }
        };
    }

    /** The names of all codecs, for tests that walk them. */
    static List<String> names() {
        return BY_NAME.keySet().stream().sorted().toList();
    }
}
