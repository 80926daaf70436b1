package io.espalier.architecture;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What a slim model's configuration must say of its units; each case is one edit from a good one.
 */
class BertConfigTest {

    private static final String DIGEST = "0123456789abcdef".repeat(4);

    private ObjectNode config = new ObjectMapper().createObjectNode();

    @BeforeEach
    void readTheGoodTwin() throws JsonProcessingException {
        config = (ObjectNode) new ObjectMapper().readTree(SLIM.replace("DIGEST", DIGEST));
        assertReads();
    }

    private void assertReads() {
        BertConfig read = BertConfig.parse(config);
        assertThat(read.parent()).isEqualTo(DIGEST);
        assertThat(read.kept().get(0)).containsExactly(0, 3);
        assertThat(read.kept().get(1)).isEmpty();
        assertThat(read.dense().get(1).units()).isEqualTo(16);
        assertThat(read.headWidth()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void refusesAnotherFormat(int format) {
        block().put("format", format);
        assertRefused("espalier.format is " + format + ", this Espalier reads 1");
        block().remove("format");
        assertRefused("espalier.format is missing, this Espalier reads 1");
        block().put("format", 1);
        assertReads();
    }

    @Test
    void refusesASublayerThatDoesNotSayWhatItKeeps() {
        sublayer(1).remove("kept");
        assertRefused("espalier.sublayers: 'bert.encoder.layer.0.ffn' has no list of kept units");
        sublayer(1).put("kept", 3);
        assertRefused("espalier.sublayers: 'bert.encoder.layer.0.ffn' has no list of kept units");
        sublayer(1).putArray("kept");
        assertReads();
    }

    @ParameterizedTest
    @CsvSource({"4, 4 after 0", "0, 0 after 0", "-1, -1 after 0"})
    void refusesUnitsThatAreNotAscendingOrNotThere(int second, String said) {
        sublayer(0).putArray("kept").add(0).add(second);
        assertRefused(
                "espalier.sublayers: 'bert.encoder.layer.0.attention' keeps unit "
                        + said
                        + "; ids are ascending and below 4");
        sublayer(0).putArray("kept").add(0).add(3);
        assertReads();
    }

    @Test
    void refusesUnitsThatAreNoWholeNumbers() {
        sublayer(0).putArray("kept").add(0).add(3.5);
        assertRefused(
                "espalier.sublayers: 'bert.encoder.layer.0.attention' keeps unit 3.5 after 0; ids"
                        + " are ascending and below 4");
    }

    @Test
    void refusesSublayersInAnotherOrderOrNumber() {
        sublayer(0).put("id", "bert.encoder.layer.0.ffn");
        assertRefused(
                "espalier.sublayers[0].id is 'bert.encoder.layer.0.ffn', expected"
                        + " 'bert.encoder.layer.0.attention'");
        block().withArray("sublayers").remove(0);
        assertRefused("espalier.sublayers has 1 entries, the architecture 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0123", "sha256:0123", "md5:"})
    void refusesAParentThatIsNoDigest(String parent) {
        block().put("parent", parent);
        assertThatThrownBy(() -> BertConfig.parse(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("espalier.parent is '" + parent + "', expected ");
    }

    @Test
    void namesClassesInTheOrderOfTheirIndices() {
        config.putObject("id2label").put("1", "negative").put("0", "positive");
        assertThat(BertConfig.parse(config).labels()).containsExactly("positive", "negative");
        config.putObject("id2label").put("0", "positive").put("2", "negative");
        assertRefused("id2label has 2 entries but none for '1'");
        config.putObject("id2label").put("0", "only");
        assertRefused("id2label has 1 entries; a classifier needs at least 2");
        config.remove("id2label");
        assertThat(BertConfig.parse(config).labels()).containsExactly("LABEL_0", "LABEL_1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hidden_size", "num_hidden_layers", "vocab_size", "type_vocab_size"})
    void refusesSizesThatAreMissingOrNone(String field) {
        config.put(field, 0);
        assertRefused(field + " is 0, expected a positive integer");
        config.remove(field);
        assertRefused(field + " is missing, expected a positive integer");
    }

    private ObjectNode block() {
        return config.withObject("/espalier");
    }

    private ObjectNode sublayer(int index) {
        return config.withObject("/espalier/sublayers/" + index);
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> BertConfig.parse(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static final String SLIM =
            """
            {
              "architectures": ["BertForSequenceClassification"],
              "hidden_size": 8,
              "id2label": {"0": "a", "1": "b"},
              "intermediate_size": 16,
              "layer_norm_eps": 1e-12,
              "max_position_embeddings": 32,
              "model_type": "espalier_bert",
              "num_attention_heads": 4,
              "num_hidden_layers": 1,
              "type_vocab_size": 2,
              "vocab_size": 60,
              "espalier": {
                "format": 1,
                "parent": "sha256:DIGEST",
                "sublayers": [
                  {"id": "bert.encoder.layer.0.attention", "kept": [0, 3]},
                  {"id": "bert.encoder.layer.0.ffn", "kept": []}
                ]
              }
            }
            """;
}
