package io.espalier.fisher;

import io.espalier.linalg.PackedSymmetricMatrix;
import io.espalier.mask.Sublayer;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * Everything that is remembered of the traffic through one sublayer: Fisher statistics of its mask
 * gradients, weighted moments of its projection's input, the metric of its output, and the lengths
 * of the samples.
 *
 * <p>The output metric is {@code B = sum_i sum_t g_t' g_t}, with g_t [d] the gradient of sample i's
 * loss with respect to the sublayer's output at token t: to second order an error {@code e_t} of
 * the output costs {@code e_t B e_t' / N}.
 *
 * <p>Size in bytes while the window is open: {@code 8 (k(k+1)/2 + d(d+1)/2 + k + 4U) + s (4U + 16)}
 * and a small constant, with U units, k projection inputs, d hidden and s sampled rows; {@link
 * RestingMoments} is what of it rests afterwards. Mutable, not thread-safe; {@link #merge} leaves
 * its argument untouched. Refuses statistics of another sublayer or loss.
 */
public final class SublayerStatistics {

    private static final int VERSION = 4;
    private static final int WITHOUT_OFFSETS = 3;
    private static final int WITHOUT_PROFILES = 2;

    private final int sublayer;
    private final LossKind loss;
    private double tokens;
    private double squaredTokens;
    private long labelled;
    private long late;
    private SampleOffsets offsets = SampleOffsets.NONE;
    private final MaskGradients gradients;
    private final ProjectionMoments moments;
    private final PackedSymmetricMatrix metric;

    /**
     * Empty statistics.
     *
     * @param index of the sublayer in model order
     * @param loss whose gradients are added
     * @param hidden d, order of the output metric; 0 if none is gathered
     * @param rowCapacity gradient rows to keep, s
     */
    public SublayerStatistics(
            int index, Sublayer sublayer, LossKind loss, int hidden, int rowCapacity) {
        this(
                index,
                loss,
                0,
                0,
                new MaskGradients(sublayer.units(), rowCapacity),
                new ProjectionMoments(sublayer.inputWidth()),
                new PackedSymmetricMatrix(hidden));
    }

    private SublayerStatistics(
            int sublayer,
            LossKind loss,
            double tokens,
            double squaredTokens,
            MaskGradients gradients,
            ProjectionMoments moments,
            PackedSymmetricMatrix metric) {
        this.sublayer = sublayer;
        this.loss = loss;
        this.tokens = tokens;
        this.squaredTokens = squaredTokens;
        this.gradients = gradients;
        this.moments = moments;
        this.metric = metric;
    }

    /**
     * Adds one sample of a number of tokens; its moments and metric are added separately, by the
     * block.
     *
     * @param losses gradients of the sample's losses, one or as many as the loss kind has
     */
    public void addSample(int length, List<GradientRow> losses) {
        tokens += length;
        squaredTokens += (double) length * length;
        gradients.add(losses);
    }

    /**
     * Counts samples, added already, that are of a kind.
     *
     * @param labels how many came with a label
     * @param latecomers how many belong to an earlier window that was closed
     * @param where they were read
     */
    public void count(long labels, long latecomers, SampleOffsets where) {
        labelled += labels;
        late += latecomers;
        offsets = offsets.union(where);
    }

    /** A sum of statistics of the same sublayer and loss, which stay as they are. */
    public static SublayerStatistics sum(List<SublayerStatistics> parts) {
        SublayerStatistics first = parts.get(0);
        SublayerStatistics sum =
                new SublayerStatistics(
                        first.sublayer,
                        first.loss,
                        0,
                        0,
                        first.gradients.empty(),
                        new ProjectionMoments(first.moments.width()),
                        new PackedSymmetricMatrix(first.metric.order()));
        parts.forEach(sum::merge);
        return sum;
    }

    /** Adds other statistics of the same sublayer and loss. */
    public void merge(SublayerStatistics other) {
        if (other.sublayer != sublayer || other.loss != loss) {
            throw new IllegalArgumentException(
                    ("statistics of sublayer %s with loss %s do not fit those of sublayer %s with"
                                    + " loss %s")
                            .formatted(other.sublayer, other.loss.label(), sublayer, loss.label()));
        }
        tokens += other.tokens;
        squaredTokens += other.squaredTokens;
        labelled += other.labelled;
        late += other.late;
        offsets = offsets.union(other.offsets);
        gradients.merge(other.gradients);
        moments.merge(other.moments);
        metric.add(other.metric);
    }

    /**
     * Forgets: everything so far weighs less by a factor. With {@code 2^(-age / halfLife)}, both in
     * event time and taken at the ends of panes, what is remembered does not depend on the order in
     * which samples arrived.
     *
     * @param factor in (0, 1]
     */
    public void decay(double factor) {
        if (!(factor > 0 && factor <= 1)) {
            throw new IllegalArgumentException("factor " + factor + " is not in (0, 1]");
        }
        tokens *= factor;
        squaredTokens *= factor;
        gradients.decay(factor);
        moments.decay(factor);
        metric.scale(factor);
    }

    /** How many samples came with a label. */
    public long labelled() {
        return labelled;
    }

    /** Where the samples were read. */
    public SampleOffsets offsets() {
        return offsets;
    }

    /** Index of the sublayer in model order. */
    public int sublayer() {
        return sublayer;
    }

    /** Whose gradients they are. */
    public LossKind loss() {
        return loss;
    }

    /** Fisher statistics of the mask gradients. */
    public MaskGradients gradients() {
        return gradients;
    }

    /** Weighted moments of the projection's input. */
    public ProjectionMoments moments() {
        return moments;
    }

    /** The output metric, B [d, d], a sum over samples; the matrix itself. */
    public PackedSymmetricMatrix metric() {
        return metric;
    }

    /** What curves and repairs are computed from, as it rests. */
    public RestingMoments rest() {
        return RestingMoments.of(this);
    }

    /** What a decision needs to see besides the error curve, rounded to float. */
    public FisherSnapshot snapshot() {
        return new FisherSnapshot(
                sublayer,
                gradients.samples(),
                gradients.effectiveSamples(),
                labelled,
                late,
                meanOf(tokens),
                meanOf(squaredTokens),
                Floats.round(gradients.diagonal()),
                Floats.round(gradients.mean()),
                gradients.profiles().stream().map(Floats::round).toList(),
                gradients.rows().rows(),
                digest());
    }

    private double meanOf(double sum) {
        return gradients.weight() > 0 ? sum / gradients.weight() : 0;
    }

    /** SHA-256 of the written sums, which is equal exactly if every sum is equal bit for bit. */
    private byte[] digest() {
        try (DigestOutputStream out =
                        new DigestOutputStream(
                                OutputStream.nullOutputStream(),
                                MessageDigest.getInstance("SHA-256"));
                DataOutputStream data = new DataOutputStream(out)) {
            writeSums(data);
            return out.getMessageDigest().digest();
        } catch (NoSuchAlgorithmException | IOException e) {
            throw new IllegalStateException("digest of statistics in memory", e);
        }
    }

    /** Writes a version, the counts and all sums. */
    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeLong(labelled);
        out.writeLong(late);
        offsets.write(out);
        writeSums(out);
    }

    private void writeSums(DataOutput out) throws IOException {
        out.writeInt(sublayer);
        out.writeUTF(loss.name());
        out.writeDouble(tokens);
        out.writeDouble(squaredTokens);
        gradients.write(out);
        moments.write(out);
        out.writeInt(metric.order());
        Doubles.write(out, metric.packed());
    }

    /**
     * Reads what {@link #write} wrote; or what version 3 did, which knew no offsets; or version 2,
     * which counted neither labels nor latecomers and kept no profiles.
     *
     * @throws IOException if it was written by another version
     */
    public static SublayerStatistics read(DataInput in) throws IOException {
        int version = in.readByte();
        if (version < WITHOUT_PROFILES || version > VERSION) {
            throw new IOException(
                    "statistics of version "
                            + version
                            + "; this Espalier reads versions "
                            + WITHOUT_PROFILES
                            + " to "
                            + VERSION
                            + ": run the one that wrote them, or start without the old state");
        }
        long labelled = version == WITHOUT_PROFILES ? 0 : in.readLong();
        long late = version == WITHOUT_PROFILES ? 0 : in.readLong();
        SampleOffsets offsets =
                version > WITHOUT_OFFSETS ? SampleOffsets.read(in) : SampleOffsets.NONE;
        int sublayer = in.readInt();
        LossKind loss = LossKind.valueOf(in.readUTF());
        double tokens = in.readDouble();
        double squaredTokens = in.readDouble();
        MaskGradients gradients =
                version == WITHOUT_PROFILES
                        ? MaskGradients.readWithoutProfiles(in)
                        : MaskGradients.read(in);
        ProjectionMoments moments = ProjectionMoments.read(in);
        int hidden = in.readInt();
        double[] metric = Doubles.read(in, PackedSymmetricMatrix.packedLength(hidden));
        SublayerStatistics statistics =
                new SublayerStatistics(
                        sublayer,
                        loss,
                        tokens,
                        squaredTokens,
                        gradients,
                        moments,
                        new PackedSymmetricMatrix(hidden, metric));
        statistics.count(labelled, late, offsets);
        return statistics;
    }
}
