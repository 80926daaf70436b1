package io.espalier.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.espalier.model.bert.BertInput;
import io.espalier.model.bert.BertSublayer;
import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * Some samples on their way through {@link TwoStreams}: N tokens at teacher and student.
 *
 * <p>Used by one thread at a time. Lives in a manager of its own below that of the streams.
 */
final class StreamPiece {

    private final NDManager manager;
    private final int[] samples;
    private final int[] lengths;
    private final BertInput input;
    private NDArray teacher; // (N, d)
    private NDArray student; // (N, d)
    private @Nullable NDArray units; // (N, k) of the student, between meet and advance

    /**
     * What the streams do at a sublayer.
     *
     * @param sublayer index in model order
     * @param unitWidth inputs of a unit
     * @param teacher dense
     * @param student cut
     * @param target mask values of the teacher as target
     * @param passed mask values of the teacher as it goes on
     * @param weights of the tokens
     */
    @SuppressWarnings("ArrayRecordComponent") // Handed on within one call, never compared.
    record Meeting(
            int sublayer,
            int unitWidth,
            BertSublayer teacher,
            BertSublayer student,
            float[] target,
            float[] passed,
            TokenWeights weights) {}

    /** Embeds samples, given by their indices. */
    StreamPiece(TextClassifier dense, List<Encoding> all, int[] samples, NDManager parent) {
        this.manager = parent.newSubManager();
        this.samples = samples;
        this.lengths = new int[samples.length];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = all.get(samples[i]).length();
        }
        this.input = dense.input(all, samples, manager);
        this.teacher = dense.forward().embed(input);
        this.student = teacher.duplicate();
    }

    /** Brings both streams to the residual sum, adds to the sums and moves the teacher on. */
    void meet(Meeting meeting, ResidualLane lane) {
        try (NDManager scope = manager.newSubManager()) {
            teacher.attach(scope);
            student.attach(scope);
            NDArray dense = meeting.teacher().units(teacher, input);
            NDArray target = masked(meeting, dense, meeting.target());
            NDArray passed =
                    java.util.Arrays.equals(meeting.target(), meeting.passed())
                            ? target
                            : masked(meeting, dense, meeting.passed());
            BertSublayer cut = meeting.student();
            NDArray inputs = cut.empty() ? scope.create(new Shape(0)) : cut.units(student, input);
            NDArray residual = target.sub(cut.sum(student, inputs));
            teacher = meeting.teacher().normalise(passed);
            lane.add(inputs, residual, weights(meeting, scope));
            units = inputs;
            teacher.attach(manager);
            student.attach(manager);
            units.attach(manager);
        }
    }

    /** The teacher's residual sum with its units multiplied by a mask. */
    private NDArray masked(Meeting meeting, NDArray dense, float[] mask) {
        NDArray read = dense;
        for (float value : mask) {
            if (value != 1f) {
                NDArray factors = dense.getManager().create(mask, new Shape(1, mask.length, 1));
                read =
                        dense.reshape(-1, mask.length, meeting.unitWidth())
                                .mul(factors)
                                .reshape(dense.getShape());
                break;
            }
        }
        return meeting.teacher().sum(teacher, read);
    }

    private NDArray weights(Meeting meeting, NDManager scope) {
        float[] all = new float[java.util.stream.IntStream.of(lengths).sum()];
        int start = 0;
        for (int i = 0; i < samples.length; i++) {
            float[] own = meeting.weights().of(meeting.sublayer(), samples[i], lengths[i]);
            System.arraycopy(own, 0, all, start, lengths[i]);
            start += lengths[i];
        }
        return scope.create(all, new Shape(all.length, 1));
    }

    /** Moves the student on through its solved sublayer. */
    boolean advance(BertSublayer solved) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray inputs = units;
            if (inputs == null) {
                throw new IllegalStateException("meet comes before advance");
            }
            inputs.attach(scope);
            student.attach(scope);
            student = solved.normalise(solved.sum(student, inputs));
            student.attach(manager);
            units = null;
            return true;
        }
    }
}
