package io.espalier.demo;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;

/**
 * A linear classifier over features of dimension d: logits = W f + b.
 *
 * @param classes C
 * @param weight [C, d] row-major, as a checkpoint has it
 * @param bias [C]
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on once, never compared.
record LinearHead(int classes, float[] weight, float[] bias) {
    private static final int STEPS = 300;
    private static final float LEARNING_RATE = 0.1f;
    private static final float FINAL_LEARNING_RATE = 0.0005f;
    private static final float DECAY = 1e-4f;

    /**
     * Fits by multinomial logistic regression: the mean cross-entropy plus {@code DECAY/2 ||W||^2}
     * falls over full-batch Adam steps that start at zero, so the result depends on the data alone.
     * Features are expected to be of like scale, as those behind a tanh are.
     *
     * <p>One call at a time in a JVM, and none while another thread collects gradients through
     * DJL's trainer.
     *
     * @param features [n, d]; every row of the same length
     * @param labels class of each row, 0 to C-1
     */
    static LinearHead fit(float[][] features, int[] labels, int classes, Progress progress) {
        try (Model model = Model.newInstance("probe", Device.cpu(), "PyTorch")) {
            Block linear = Linear.builder().setUnits(classes).build();
            linear.setInitializer(Initializer.ZEROS, Parameter.Type.WEIGHT);
            model.setBlock(linear);
            Tracker rate =
                    Tracker.cosine()
                            .setBaseValue(LEARNING_RATE)
                            .optFinalValue(FINAL_LEARNING_RATE)
                            .setMaxUpdates(STEPS)
                            .build();
            Optimizer adam =
                    Optimizer.adam().optLearningRateTracker(rate).optWeightDecays(DECAY).build();
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                            .optOptimizer(adam)
                            .optDevices(new Device[] {Device.cpu()});
            try (Trainer trainer = model.newTrainer(config)) {
                NDManager manager = trainer.getManager();
                NDArray rows = manager.create(features);
                NDArray truth = manager.create(labels);
                trainer.initialize(new Shape(1, features[0].length));
                for (int step = 1; step <= STEPS; step++) {
                    step(trainer, rows, truth);
                    progress.update("fit probe", step, STEPS);
                }
                float[] weight = parameter(linear, "weight");
                return new LinearHead(classes, weight, parameter(linear, "bias"));
            }
        }
    }

    /** Everything a step makes attaches to the step's own scope and goes with it. */
    private static void step(Trainer trainer, NDArray rows, NDArray truth) {
        try (NDManager scope = trainer.getManager().newSubManager()) {
            rows.tempAttach(scope);
            truth.tempAttach(scope);
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDList logits = trainer.forward(new NDList(rows));
                collector.backward(trainer.getLoss().evaluate(new NDList(truth), logits));
            }
            trainer.step();
        }
    }

    private static float[] parameter(Block block, String name) {
        return block.getParameters().get(name).getArray().toFloatArray();
    }

    /** The class of the greatest logit, the first of equal ones. */
    int classify(float[] feature) {
        int best = 0;
        float greatest = Float.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            float logit = bias[c];
            for (int i = 0; i < feature.length; i++) {
                logit += weight[c * feature.length + i] * feature[i];
            }
            if (logit > greatest) {
                greatest = logit;
                best = c;
            }
        }
        return best;
    }
}
