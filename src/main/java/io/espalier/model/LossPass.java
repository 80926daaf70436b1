package io.espalier.model;

import ai.djl.ndarray.NDManager;
import io.espalier.fisher.LossKind;
import io.espalier.model.bert.BertTape;

import java.util.List;
import java.util.stream.IntStream;

/** The ways back from all losses of some samples, run together. */
final class LossPass {

    private LossPass() {}

    /**
     * Runs forward and back, once for each loss a sample has; the visitor sees every sublayer each
     * time, with all tokens in the order of the samples.
     *
     * @param seed of drawn classes
     */
    static void run(
            TextClassifier model,
            List<ScorableSample> samples,
            LossKind kind,
            long seed,
            BertTape.Visitor visitor) {
        List<Encoding> encodings = samples.stream().map(ScorableSample::encoding).toList();
        int[] all = IntStream.range(0, samples.size()).toArray();
        int losses = 1;
        for (int m = 0; m < losses; m++) {
            int loss = m;
            losses =
                    TorchEngine.withGradients(
                            true,
                            () -> {
                                try (NDManager scope = model.manager().newSubManager()) {
                                    BertTape tape =
                                            model.forward()
                                                    .record(model.input(encodings, all, scope));
                                    float[] flat = tape.logits().toFloatArray();
                                    List<float[][]> starts =
                                            LossGradients.of(
                                                    kind,
                                                    ScoringPass.rows(flat, samples.size()),
                                                    samples,
                                                    seed);
                                    tape.backward(
                                            tape.logits().mul(scope.create(starts.get(loss))).sum(),
                                            visitor);
                                    return starts.size();
                                }
                            });
        }
    }
}
