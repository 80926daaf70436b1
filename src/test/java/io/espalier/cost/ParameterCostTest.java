package io.espalier.cost;

import io.espalier.mask.Sublayer;
import io.espalier.testing.Encoders;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** Parameters of units, against the sizes of the matrices they are cut from. */
class ParameterCostTest extends CostModelContract {

    @Override
    CostModel model() {
        return new ParameterCost(12);
    }

    @Test
    void countsWhatBertBaseHas() {
        // Q, K, V with biases and W_O; W_1 with its bias and W_2: all but two output biases.
        double attention = 3 * (768 * 768 + 768) + 768 * 768;
        double ffn = 768 * 3072 + 3072 + 3072 * 768;
        List<Sublayer> bert = Encoders.bertBase();
        ParameterCost cost = new ParameterCost(768);
        assertThat(cost.cost(bert.get(0), 12)).isEqualTo(attention);
        assertThat(cost.cost(bert.get(1), 3072)).isEqualTo(ffn);
        assertThat(cost.total(bert)).isEqualTo(12 * (attention + ffn));
    }

    @Test
    void aHeadIsFourMatricesAndANeuronTwo() {
        List<Sublayer> bert = Encoders.bertBase();
        assertThat(new ParameterCost(768).cost(bert.get(0), 1)).isEqualTo(4 * 768 * 64 + 3 * 64);
        assertThat(new ParameterCost(768).cost(bert.get(1), 1)).isEqualTo(2 * 768 + 1);
    }
}
