package io.espalier.fisher;

import io.espalier.mask.Sublayer;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Everything that is remembered of the traffic through one sublayer: Fisher statistics of its mask
 * gradients, weighted moments of its projection's input, and the lengths of the samples.
 *
 * <p>Size in bytes: {@code 8 (k(k+1)/2 + k + 2U) + s (4U + 8)} and a small constant, with U units,
 * k projection inputs and s sampled rows. Mutable, not thread-safe; {@link #merge} leaves its
 * argument untouched. Refuses statistics of another sublayer.
 */
public final class SublayerStatistics {

    private static final int VERSION = 1;

    private final int sublayer;
    private long tokens;
    private long squaredTokens;
    private final MaskGradients gradients;
    private final ProjectionMoments moments;

    /**
     * Empty statistics.
     *
     * @param index of the sublayer in model order
     * @param rowCapacity gradient rows to keep, s
     */
    public SublayerStatistics(int index, Sublayer sublayer, int rowCapacity) {
        this(
                index,
                0,
                0,
                new MaskGradients(sublayer.units(), rowCapacity),
                new ProjectionMoments(sublayer.inputWidth()));
    }

    private SublayerStatistics(
            int sublayer,
            long tokens,
            long squaredTokens,
            MaskGradients gradients,
            ProjectionMoments moments) {
        this.sublayer = sublayer;
        this.tokens = tokens;
        this.squaredTokens = squaredTokens;
        this.gradients = gradients;
        this.moments = moments;
    }

    /** Adds one sample of a number of tokens; its moments are added separately, by the block. */
    public void addSample(int length, GradientRow row) {
        tokens += length;
        squaredTokens += (long) length * length;
        gradients.add(row);
    }

    /** Adds other statistics of the same sublayer. */
    public void merge(SublayerStatistics other) {
        if (other.sublayer != sublayer) {
            throw new IllegalArgumentException(
                    "statistics of sublayer " + other.sublayer + " do not fit " + sublayer);
        }
        tokens += other.tokens;
        squaredTokens += other.squaredTokens;
        gradients.merge(other.gradients);
        moments.merge(other.moments);
    }

    /** Index of the sublayer in model order. */
    public int sublayer() {
        return sublayer;
    }

    /** Fisher statistics of the mask gradients. */
    public MaskGradients gradients() {
        return gradients;
    }

    /** Weighted moments of the projection's input. */
    public ProjectionMoments moments() {
        return moments;
    }

    /** What a decision needs to see: everything but the moments, rounded to float. */
    public FisherSnapshot snapshot() {
        return new FisherSnapshot(
                sublayer,
                gradients.samples(),
                tokens,
                squaredTokens,
                Floats.round(gradients.diagonal()),
                Floats.round(gradients.mean()),
                gradients.rows().rows(),
                digest());
    }

    /** SHA-256 of the written form, which is equal exactly if every sum is equal bit for bit. */
    private byte[] digest() {
        try (DigestOutputStream out =
                        new DigestOutputStream(
                                OutputStream.nullOutputStream(),
                                MessageDigest.getInstance("SHA-256"));
                java.io.DataOutputStream data = new java.io.DataOutputStream(out)) {
            write(data);
            return out.getMessageDigest().digest();
        } catch (NoSuchAlgorithmException | IOException e) {
            throw new IllegalStateException("digest of statistics in memory", e);
        }
    }

    /** Writes a version and all sums. */
    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeInt(sublayer);
        out.writeLong(tokens);
        out.writeLong(squaredTokens);
        gradients.write(out);
        moments.write(out);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException if it was written by a later version
     */
    public static SublayerStatistics read(DataInput in) throws IOException {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IOException(
                    "statistics of version "
                            + version
                            + "; this Espalier reads version "
                            + VERSION
                            + ": run the one that wrote them, or start without the old state");
        }
        return new SublayerStatistics(
                in.readInt(),
                in.readLong(),
                in.readLong(),
                MaskGradients.read(in),
                ProjectionMoments.read(in));
    }
}
