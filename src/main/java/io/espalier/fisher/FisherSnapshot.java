package io.espalier.fisher;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The light part of one sublayer's statistics at a window's end.
 *
 * <p>Sums were rounded to float, so that the noise of summation order does not reach a decision.
 *
 * @param sublayer index of the sublayer in model order
 * @param samples samples in the window, n
 * @param effectiveSamples what they are worth after forgetting, {@code (sum w)^2 / sum w^2}
 * @param labelled how many of them came with a label
 * @param late how many of them belong to an earlier window that was closed
 * @param meanLength their mean length in tokens, E[T]; 0 if there are none
 * @param meanSquaredLength E[T^2]
 * @param diagonal Fisher diagonal [units], mean of squared gradients
 * @param mean mean gradient [units]
 * @param profiles mean importance profiles [2][units] of two halves of the samples; empty if
 *     unknown
 * @param rows sampled gradient rows, smallest key first
 * @param digest SHA-256 of the full statistics, 32 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // A message: written, read, never compared.
public record FisherSnapshot(
        int sublayer,
        long samples,
        double effectiveSamples,
        long labelled,
        long late,
        double meanLength,
        double meanSquaredLength,
        float[] diagonal,
        float[] mean,
        List<float[]> profiles,
        List<GradientRow> rows,
        byte[] digest) {

    private static final int DIGEST_BYTES = 32;

    /** Copies the lists. */
    public FisherSnapshot {
        profiles = List.copyOf(profiles);
        rows = List.copyOf(rows);
    }

    /** SHA-256 over the digests of several sublayers' statistics, hexadecimal. */
    public static String digest(List<FisherSnapshot> snapshots) {
        try {
            MessageDigest all = MessageDigest.getInstance("SHA-256");
            snapshots.forEach(snapshot -> all.update(snapshot.digest));
            return HexFormat.of().formatHex(all.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Writes all fields. */
    public void write(DataOutput out) throws IOException {
        out.writeInt(sublayer);
        out.writeLong(samples);
        out.writeDouble(effectiveSamples);
        out.writeLong(labelled);
        out.writeLong(late);
        out.writeDouble(meanLength);
        out.writeDouble(meanSquaredLength);
        out.writeInt(diagonal.length);
        Floats.write(out, diagonal);
        Floats.write(out, mean);
        out.writeInt(profiles.size());
        for (float[] profile : profiles) {
            Floats.write(out, profile);
        }
        out.writeInt(rows.size());
        for (GradientRow row : rows) {
            row.write(out);
        }
        out.write(digest);
    }

    /** Reads what {@link #write} wrote. */
    public static FisherSnapshot read(DataInput in) throws IOException {
        int sublayer = in.readInt();
        long samples = in.readLong();
        double effectiveSamples = in.readDouble();
        long labelled = in.readLong();
        long late = in.readLong();
        double meanLength = in.readDouble();
        double meanSquaredLength = in.readDouble();
        int units = in.readInt();
        float[] diagonal = Floats.read(in, units);
        float[] mean = Floats.read(in, units);
        List<float[]> profiles = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            profiles.add(Floats.read(in, units));
        }
        List<GradientRow> rows = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            rows.add(GradientRow.read(in, units));
        }
        byte[] digest = new byte[DIGEST_BYTES];
        in.readFully(digest);
        return new FisherSnapshot(
                sublayer,
                samples,
                effectiveSamples,
                labelled,
                late,
                meanLength,
                meanSquaredLength,
                diagonal,
                mean,
                profiles,
                rows,
                digest);
    }
}
