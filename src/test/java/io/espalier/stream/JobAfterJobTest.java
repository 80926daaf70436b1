package io.espalier.stream;

import org.apache.flink.util.MutableURLClassLoader;

import io.espalier.wire.CalibrationSample;
import io.espalier.wire.codec.RecordCodec;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Libraries that outlive a job must not hand its classes to the next one, whose classes of the same
 * names are others.
 */
class JobAfterJobTest {

    @Test
    void recordsAreOfTheClassesOfTheJobThatReadsThem() throws Exception {
        byte[] bytes =
                RecordCodec.CALIBRATION_SAMPLE.encode(
                        CalibrationSample.newBuilder().setId("a").setText("b").build());
        for (int job = 0; job < 2; job++) {
            try (MutableURLClassLoader loader =
                    JobLoader.of(
                            List.of(JobLoader.location(RecordCodec.class)),
                            "java.",
                            "org.apache.")) {
                Class<?> codec = loader.loadClass(RecordCodec.class.getName());
                Object samples = codec.getField("CALIBRATION_SAMPLE").get(null);
                Object sample = codec.getMethod("decode", byte[].class).invoke(samples, bytes);
                assertThat(sample.getClass().getClassLoader()).isSameAs(loader);
            }
        }
    }
}
