package io.espalier.model;

import ai.djl.ndarray.NDManager;
import io.espalier.fisher.ResidualMoments;
import io.espalier.mask.Projection;
import io.espalier.mask.Sublayer;
import io.espalier.model.bert.BertForward;
import io.espalier.model.bert.BertSublayer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/**
 * Two forward passes over the same samples, sublayer by sublayer: a teacher, the dense model under
 * a mask, and a student that is pruned on the way.
 *
 * <pre>
 *   target = x_T + X_T W + b          E = target - (x_S + X_S W_S + b)
 * </pre>
 *
 * <p>{@link #meet} gives the moments of the student's kept inputs X_S and of the residual E of the
 * current sublayer; {@link #advance} moves the student on through the projection that was made of
 * them. Both alternate, from the first sublayer on. The two passes are the only ones.
 *
 * <p>Products of a piece of samples are float32, sums over pieces float64. Pieces are made of the
 * samples alone and summed in a fixed order, so the threads that are lent do not change a bit.
 * Native memory: for N tokens in all {@code 4 N (2 d + k)} bytes between the calls, k the kept
 * inputs, and in {@code meet} {@code 8 k (k/2 + d)} for each of four lanes a group. Not
 * thread-safe; the dense model must stay open.
 */
public final class TwoStreams implements AutoCloseable {

    /** Tokens in one piece. */
    private static final int PIECE_TOKENS = 2048;

    /** Sums that are made side by side, whatever the number of threads. */
    private static final int LANES = 4;

    private final BertForward forward;
    private final List<Sublayer> sublayers;
    private final ExecutorService threads;
    private final NDManager manager;
    private final List<List<StreamPiece>> groups = new ArrayList<>();
    private int current;
    private int[] kept = {};

    /**
     * Embeds the samples.
     *
     * @param samples all of them
     * @param groups indices of the samples in each group whose moments are wanted apart
     * @param threads to work on
     */
    public TwoStreams(
            TextClassifier dense,
            List<Encoding> samples,
            List<int[]> groups,
            ExecutorService threads)
            throws InterruptedException {
        if (dense.description().pruned()) {
            throw new IllegalArgumentException("a pruned model has no dense teacher in it");
        }
        this.forward = dense.forward();
        this.sublayers = dense.description().sublayers();
        this.threads = threads;
        this.manager = dense.manager().newSubManager();
        try {
            for (int[] group : groups) {
                this.groups.add(pieces(dense, samples, group));
            }
        } catch (InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private List<StreamPiece> pieces(TextClassifier dense, List<Encoding> samples, int[] group)
            throws InterruptedException {
        List<Encoding> own = new ArrayList<>();
        for (int sample : group) {
            own.add(samples.get(sample));
        }
        List<Callable<StreamPiece>> tasks = new ArrayList<>();
        for (int[] batch : LengthSorted.batches(own, PIECE_TOKENS)) {
            int[] indices = new int[batch.length];
            for (int i = 0; i < indices.length; i++) {
                indices[i] = group[batch[i]];
            }
            tasks.add(withoutGradients(() -> new StreamPiece(dense, samples, indices, manager)));
        }
        return SideBySide.run(threads, tasks);
    }

    private static <T> Callable<T> withoutGradients(Supplier<T> work) {
        return () -> TorchEngine.withGradients(false, work);
    }

    /**
     * Brings both streams to the current sublayer's residual sum and moves the teacher on.
     *
     * @param target mask values of the teacher where it is the target
     * @param passed mask values of the teacher where it goes on to the next sublayer
     * @param keptUnits units of the student, ascending
     * @param start the student's projection for now, over the inputs of the kept units
     * @param weights of the tokens
     * @return the moments of each group
     */
    public List<ResidualMoments> meet(
            float[] target, float[] passed, int[] keptUnits, Projection start, TokenWeights weights)
            throws InterruptedException {
        try (NDManager scope = manager.newSubManager()) {
            BertSublayer teacher = forward.sublayer(current);
            BertSublayer student = forward.sublayer(current, keptUnits, start, scope);
            StreamPiece.Meeting meeting =
                    new StreamPiece.Meeting(
                            current,
                            sublayers.get(current).unitWidth(),
                            teacher,
                            student,
                            target,
                            passed,
                            weights);
            List<ResidualLane> lanes = new ArrayList<>();
            List<Callable<ResidualLane>> tasks = new ArrayList<>();
            for (List<StreamPiece> group : groups) {
                for (int l = 0; l < LANES; l++) {
                    int first = l;
                    ResidualLane lane = new ResidualLane(start.inputs(), start.outputs(), scope);
                    lanes.add(lane);
                    tasks.add(
                            withoutGradients(
                                    () -> {
                                        for (int i = first; i < group.size(); i += LANES) {
                                            group.get(i).meet(meeting, lane);
                                        }
                                        return lane;
                                    }));
                }
            }
            SideBySide.run(threads, tasks);
            kept = keptUnits.clone();
            List<ResidualMoments> moments = new ArrayList<>();
            for (int g = 0; g < groups.size(); g++) {
                moments.add(ResidualLane.sum(lanes.subList(g * LANES, (g + 1) * LANES)));
            }
            return moments;
        }
    }

    /** Moves the student on, through a projection over the inputs that {@link #meet} kept. */
    public void advance(Projection solved) throws InterruptedException {
        try (NDManager scope = manager.newSubManager()) {
            BertSublayer student = forward.sublayer(current, kept, solved, scope);
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (List<StreamPiece> group : groups) {
                for (StreamPiece piece : group) {
                    tasks.add(withoutGradients(() -> piece.advance(student)));
                }
            }
            SideBySide.run(threads, tasks);
            current++;
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
