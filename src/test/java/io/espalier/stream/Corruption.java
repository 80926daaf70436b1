package io.espalier.stream;

import org.apache.avro.SchemaNormalization;

import io.espalier.wire.CalibrationSample;
import io.espalier.wire.MaskUpdate;
import io.espalier.wire.codec.RecordCodec;
import io.espalier.wire.codec.Stage;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Ways in which a record on the calibration topic can be no valid sample, each by construction. */
public enum Corruption {
    RANDOM_BYTES(Stage.DECODE) {
        @Override
        byte[] corrupt(CalibrationSample good, Random random) {
            byte[] bytes = new byte[1 + random.nextInt(300)];
            random.nextBytes(bytes);
            bytes[0] = 0; // Not Avro's marker.
            return bytes;
        }
    },
    TRUNCATED(Stage.DECODE) {
        @Override
        byte[] corrupt(CalibrationSample good, Random random) {
            byte[] bytes = encode(good);
            return Arrays.copyOf(bytes, random.nextInt(bytes.length));
        }
    },
    TRAILING_BYTES(Stage.DECODE) {
        @Override
        byte[] corrupt(CalibrationSample good, Random random) {
            byte[] bytes = encode(good);
            return Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(20));
        }
    },
    ANOTHER_SCHEMA(Stage.DECODE) {
        @Override
        byte[] corrupt(CalibrationSample good, Random random) {
            byte[] bytes = encode(good);
            long other = SchemaNormalization.parsingFingerprint64(MaskUpdate.getClassSchema());
            for (int i = 0; i < Long.BYTES; i++) {
                bytes[MARKER + i] = (byte) (other >>> (8 * i));
            }
            return bytes;
        }
    },
    FLIPPED_HEADER_BIT(Stage.DECODE) {
        @Override
        byte[] corrupt(CalibrationSample good, Random random) {
            return flip(encode(good), random.nextInt(HEADER), 1 << random.nextInt(8));
        }
    },
    MALFORMED_UTF8(Stage.DECODE) {
        @Override
        byte[] corrupt(CalibrationSample good, Random random) {
            byte[] bytes = encode(good);
            int text = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(good.getText());
            return flip(bytes, text + random.nextInt(good.getText().length()), 0x80);
        }
    },
    HOSTILE_LENGTH(Stage.DECODE) {
        @Override
        byte[] corrupt(CalibrationSample good, Random random) {
            byte[] bytes = encode(good);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(bytes, 0, HEADER);
            for (int left = 4 + random.nextInt(5); left > 0; left--) {
                out.write(0xfe); // A length of 2^27 or more, as a variable-length integer.
            }
            out.write(0x7e);
            out.write(bytes, HEADER, bytes.length - HEADER);
            return out.toByteArray();
        }
    },
    TOMBSTONE(Stage.DECODE) {
        @Override
        byte @Nullable [] corrupt(CalibrationSample good, Random random) {
            return null;
        }
    },
    FLIPPED_LABEL_BIT(Stage.VALIDATE) {
        @Override
        byte[] corrupt(CalibrationSample good, Random random) {
            byte[] bytes = encode(good);
            return flip(bytes, bytes.length - 1, 0x10); // The label stands last: a to q.
        }
    },
    UNKNOWN_LABEL(Stage.VALIDATE) {
        @Override
        byte[] corrupt(CalibrationSample good, Random random) {
            return encode(with(good).setLabel("class-" + random.nextInt()));
        }
    },
    BLANK_TEXT(Stage.VALIDATE) {
        @Override
        byte[] corrupt(CalibrationSample good, Random random) {
            return encode(with(good).setText(" \t".repeat(random.nextInt(5))));
        }
    },
    EMPTY_ID(Stage.VALIDATE) {
        @Override
        byte[] corrupt(CalibrationSample good, Random random) {
            return encode(with(good).setId(""));
        }
    },
    CONTROL_CHARACTER_IN_ID(Stage.VALIDATE) {
        @Override
        byte[] corrupt(CalibrationSample good, Random random) {
            return encode(with(good).setId(good.getId() + (char) random.nextInt(32)));
        }
    },
    OVERSIZE(Stage.VALIDATE) {
        @Override
        byte[] corrupt(CalibrationSample good, Random random) {
            return encode(with(good).setText("w7 ".repeat(MAX_BYTES / 2)));
        }
    };

    /** The largest sample that the jobs of these tests are configured to accept. */
    public static final int MAX_BYTES = 2048;

    private static final int MARKER = 2;
    private static final int HEADER = MARKER + Long.BYTES;

    private final Stage refusedAt;

    Corruption(Stage refusedAt) {
        this.refusedAt = refusedAt;
    }

    /** The stage that has to refuse it. */
    Stage refusedAt() {
        return refusedAt;
    }

    /** The value of a record that would have been a good sample; null is a tombstone. */
    abstract byte @Nullable [] corrupt(CalibrationSample good, Random random);

    private static byte[] encode(CalibrationSample sample) {
        return RecordCodec.CALIBRATION_SAMPLE.encode(sample);
    }

    private static byte[] encode(CalibrationSample.Builder sample) {
        return encode(sample.build());
    }

    private static CalibrationSample.Builder with(CalibrationSample good) {
        return CalibrationSample.newBuilder(good);
    }

    private static byte[] flip(byte[] bytes, int index, int bits) {
        bytes[index] = (byte) (bytes[index] ^ bits);
        return bytes;
    }
}
