package io.espalier.model;

import ai.djl.ndarray.NDManager;
import io.espalier.fisher.GradientRow;
import io.espalier.fisher.SampleHash;
import io.espalier.fisher.SublayerStatistics;
import io.espalier.mask.Sublayer;
import io.espalier.model.bert.BertInput;
import io.espalier.model.bert.BertTape;

import java.util.ArrayList;
import java.util.List;

/**
 * The scorer of a BERT classifier: per-sample gradients of all mask values in one backward pass.
 *
 * <p>The sum of the B sample losses is differentiated with all masks at 1, and a sample's loss
 * depends on its own tokens alone, so each token's part in a mask's gradient belongs to one sample
 * (weights need no gradient). A sample with several losses is run once for each; {@link
 * LossGradients} says what they are. The gradient {@code g_t} of the loss with respect to the
 * sublayer's residual sum at token t, before LayerNorm, gives the token's weight in the moments and
 * the output metric {@code B = sum g_t' g_t}:
 *
 * <pre>
 *   w_t = 0.9 |g_t|^2 / mean_t' |g_t'|^2 + 0.1      mean over the sample's own tokens
 * </pre>
 *
 * <p>Normalising within the sample needs no constant of the model, so sums merge; each sample
 * weighs as many units as it has tokens. Padding exists in attention only, masked out.
 *
 * <p>Gradients are made through the engine's own calls, not DJL's gradient collector, of which a
 * JVM can have only one.
 */
public final class MaskGradientScorer implements SampleScorer {

    private final TextClassifier model;
    private final ScorerOptions options;
    private final NDManager manager;
    private final List<MomentAccumulator> moments = new ArrayList<>();
    private List<SublayerStatistics> open;

    /** A scorer over a dense model, which stays the caller's to close. */
    public MaskGradientScorer(TextClassifier model, ScorerOptions options) {
        if (model.description().pruned()) {
            throw new IllegalArgumentException(
                    "a pruned model cannot be scored; statistics are of the dense parent");
        }
        this.model = model;
        this.options = options;
        this.manager = model.manager().newSubManager();
        if (options.moments()) {
            int hidden = model.description().hidden();
            for (Sublayer sublayer : model.description().sublayers()) {
                moments.add(new MomentAccumulator(sublayer.inputWidth(), hidden, manager));
            }
        }
        this.open = empty();
    }

    private List<SublayerStatistics> empty() {
        List<SublayerStatistics> statistics = new ArrayList<>();
        List<Sublayer> sublayers = model.description().sublayers();
        for (int i = 0; i < sublayers.size(); i++) {
            statistics.add(
                    new SublayerStatistics(
                            i,
                            sublayers.get(i),
                            options.loss(),
                            options.moments() ? model.description().hidden() : 0,
                            options.gradientRows()));
        }
        return statistics;
    }

    @Override
    public List<Unscorable> score(List<ScorableSample> samples) {
        List<Unscorable> unscorable = new ArrayList<>();
        List<Encoding> encodings = samples.stream().map(ScorableSample::encoding).toList();
        for (int[] indices : LengthSorted.batches(encodings, options.batchTokens())) {
            List<ScorableSample> batch = new ArrayList<>();
            for (int index : indices) {
                batch.add(samples.get(index));
            }
            unscorable.addAll(scoreBatch(batch));
        }
        return unscorable;
    }

    /**
     * Scores one batch. What is not finite in one sample spreads, as sums over the batch multiply
     * it by the zeros of the others; such a batch is halved until the sample stands alone.
     */
    private List<Unscorable> scoreBatch(List<ScorableSample> batch) {
        List<Unscorable> bad = TorchEngine.withGradients(false, () -> passAndFold(batch));
        if (bad.isEmpty() || batch.size() == 1) {
            return bad;
        }
        int half = batch.size() / 2;
        List<Unscorable> all = new ArrayList<>(scoreBatch(batch.subList(0, half)));
        all.addAll(scoreBatch(batch.subList(half, batch.size())));
        return all;
    }

    private List<Unscorable> passAndFold(List<ScorableSample> batch) {
        try (NDManager scope = manager.newSubManager()) {
            ScoringPass pass = TorchEngine.withGradients(true, () -> pass(batch, scope));
            List<Unscorable> bad = pass.notFinite();
            if (bad.isEmpty()) {
                fold(batch, pass);
            }
            return bad;
        }
    }

    private ScoringPass pass(List<ScorableSample> batch, NDManager scope) {
        ScoringPass pass = new ScoringPass(batch, model.description().sublayers(), options, scope);
        int losses = 1;
        for (int m = 0; m < losses; m++) {
            try (NDManager inner = scope.newSubManager()) {
                losses = wayBack(batch, m, pass, inner);
            }
        }
        return pass;
    }

    /** Runs forward and, from one of the losses, back; returns how many losses there are. */
    private int wayBack(List<ScorableSample> batch, int loss, ScoringPass pass, NDManager scope) {
        List<Encoding> encodings = batch.stream().map(ScorableSample::encoding).toList();
        int[] all = java.util.stream.IntStream.range(0, batch.size()).toArray();
        BertInput input = model.input(encodings, all, scope);
        BertTape tape = model.forward().record(input);
        float[][] logits = ScoringPass.rows(tape.logits().toFloatArray(), batch.size());
        pass.logits(logits);
        List<float[][]> gradients = LossGradients.of(options.loss(), logits, batch, options.seed());
        // The losses are linear in the logits around the dense model.
        tape.backward(tape.logits().mul(scope.create(gradients.get(loss))).sum(), pass);
        return gradients.size();
    }

    private void fold(List<ScorableSample> batch, ScoringPass pass) {
        for (int s = 0; s < open.size(); s++) {
            List<float[][]> gradients = pass.gradients(s);
            for (int i = 0; i < batch.size(); i++) {
                ScorableSample sample = batch.get(i);
                long hash = SampleHash.of(sample.id(), options.seed());
                List<GradientRow> rows = new ArrayList<>();
                for (int m = 0; m < gradients.size(); m++) {
                    rows.add(new GradientRow(hash + m, gradients.get(m)[i]));
                }
                open.get(s).addSample(sample.encoding().length(), rows);
            }
            if (options.moments()) {
                moments.get(s)
                        .add(pass.inputs(s), pass.tokenWeights(s), pass.metric(s), open.get(s));
            }
        }
    }

    @Override
    public List<SublayerStatistics> drain() {
        List<SublayerStatistics> drained = open;
        for (int s = 0; s < moments.size(); s++) {
            moments.get(s).drainInto(drained.get(s));
        }
        open = empty();
        return drained;
    }

    @Override
    public void close() {
        moments.forEach(MomentAccumulator::close);
        manager.close();
    }
}
