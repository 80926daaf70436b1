package io.espalier.stream.type;

import io.espalier.wire.ControlCommand;
import io.espalier.wire.codec.RecordCodec;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** What decisions are made from, in one stream. */
public sealed interface DecisionInput {

    /** A sublayer's window. */
    record Summary(Windowed<SublayerSummary> summary) implements DecisionInput {}

    /** A held-out sample, under the end of its pane. */
    record Judge(Windowed<AcceptedSample> sample) implements DecisionInput {}

    /** An operator's wish. */
    record Command(ControlCommand command) implements DecisionInput {}

    /** Writes a tag and the input. */
    static void write(DecisionInput input, DataOutput out) throws IOException {
        if (input instanceof Summary summary) {
            out.writeByte(0);
            out.writeLong(summary.summary().windowEnd());
            summary.summary().value().write(out);
        } else if (input instanceof Judge judge) {
            out.writeByte(1);
            out.writeLong(judge.sample().windowEnd());
            judge.sample().value().write(out);
        } else if (input instanceof Command command) {
            out.writeByte(2);
            byte[] bytes = RecordCodec.CONTROL_COMMAND.encode(command.command());
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }

    /** Reads what {@link #write} wrote. */
    static DecisionInput read(DataInput in) throws IOException {
        int tag = in.readByte();
        return switch (tag) {
            case 0 -> new Summary(new Windowed<>(in.readLong(), SublayerSummary.read(in)));
            case 1 -> new Judge(new Windowed<>(in.readLong(), AcceptedSample.read(in)));
            case 2 -> {
                byte[] bytes = new byte[in.readInt()];
                in.readFully(bytes);
                yield new Command(RecordCodec.CONTROL_COMMAND.decode(bytes));
            }
            default -> throw new IOException("decision input of tag " + tag + "; known are 0 to 2");
        };
    }
}
