package io.espalier.stream.decode;

import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

import io.espalier.stream.type.RawRecord;
import io.espalier.wire.ControlCommand;
import io.espalier.wire.codec.RecordCodec;
import io.espalier.wire.codec.WireException;

/**
 * Decodes the records of the control topic; what fails becomes a dead letter, what is meant for
 * another model is left alone. Never throws for what a record holds. Keeps no state.
 */
public final class CommandDecodeFunction extends ProcessFunction<RawRecord, ControlCommand> {

    private static final long serialVersionUID = 1L;

    private final String model;

    /**
     * A decoder of the commands to one job.
     *
     * @param model id of its model
     */
    public CommandDecodeFunction(String model) {
        this.model = model;
    }

    @Override
    public void processElement(RawRecord raw, Context context, Collector<ControlCommand> out) {
        byte[] value = raw.value();
        if (value == null) {
            return; // A tombstone: compaction has removed a command.
        }
        try {
            ControlCommand command = RecordCodec.CONTROL_COMMAND.decode(value);
            if (command.getModel().equals(model)) {
                out.collect(command);
            }
        } catch (WireException e) {
            context.output(DecodeFunction.DEAD_LETTERS, Refusals.of(raw, e));
        }
    }
}
