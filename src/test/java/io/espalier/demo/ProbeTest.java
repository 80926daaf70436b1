package io.espalier.demo;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

/** The choice of glosses and the fit of the head. */
class ProbeTest {

    @Test
    void takesRareClassesWholeAndCutsCommonOnesEvenly() {
        List<Gloss> glosses = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            glosses.add(new Gloss("a" + i, "noun.artifact", "text"));
            glosses.add(new Gloss("b" + i, "noun.person", "text"));
        }
        glosses.add(new Gloss("c", "noun.motive", "text"));

        List<Gloss> chosen = Probe.balanced(glosses, 10);

        assertThat(chosen)
                .extracting(Gloss::id)
                .containsExactly("a0", "b0", "a1", "b1", "a2", "b2", "a3", "b3", "c");
        assertThat(Probe.balanced(glosses, 1000)).isEqualTo(glosses);
    }

    @Test
    void fitsSeparableClassesAndDoesSoAlikeEachTime() {
        Random random = new Random(1);
        int[] labels = new int[90];
        float[][] features = new float[labels.length][4];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % 3;
            for (int j = 0; j < 4; j++) {
                features[i][j] = 0.1f * random.nextFloat() + (j == labels[i] ? 0.5f : 0);
            }
        }

        LinearHead head = LinearHead.fit(features, labels, 3, Progress.NONE);

        for (int i = 0; i < labels.length; i++) {
            assertThat(head.classify(features[i])).isEqualTo(labels[i]);
        }
        LinearHead again = LinearHead.fit(features, labels, 3, Progress.NONE);
        assertThat(again.weight()).isEqualTo(head.weight());
        assertThat(again.bias()).isEqualTo(head.bias());
    }
}
