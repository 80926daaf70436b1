package io.espalier.artifact;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HexFormat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The state form is fixed. */
class StagedModelTest {

    private static final StagedModel STAGED =
            new StagedModel("tiny", "v1", ".staging/a-1", "0f", 258);

    /** Written by version 1 and read by every later one. */
    private static final String VERSION_1 =
            "01000474696e79000276" + "31000c2e73746167696e672f612d31" + "000230660000000000000102";

    @Test
    void writesAndReadsVersion1() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        STAGED.write(new DataOutputStream(bytes));
        assertThat(HexFormat.of().formatHex(bytes.toByteArray())).isEqualTo(VERSION_1);
        assertThat(read(VERSION_1)).isEqualTo(STAGED);
    }

    @Test
    void refusesTheStateOfANewerBuild() {
        assertThatThrownBy(() -> read("02" + VERSION_1.substring(2)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("state version 2, this build reads version 1");
    }

    private static StagedModel read(String hex) throws IOException {
        return StagedModel.read(
                new DataInputStream(new ByteArrayInputStream(HexFormat.of().parseHex(hex))));
    }
}
