package io.espalier.client;

import ai.djl.MalformedModelException;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;

import java.io.IOException;

/** A published {@code djl/} as a model of DJL, in the engine its properties name. */
final class DjlNetwork implements Network {

    private final ZooModel<TokenBatch, float[][]> model;

    private DjlNetwork(ZooModel<TokenBatch, float[][]> model) {
        this.model = model;
    }

    /** Loads versions. */
    static Loader loader() {
        return version -> TextModel.load(version, "djl", () -> start(version));
    }

    private static DjlNetwork start(VerifiedVersion version) throws IOException {
        try {
            return new DjlNetwork(
                    Criteria.builder()
                            .setTypes(TokenBatch.class, float[][].class)
                            .optModelPath(version.directory().resolve("djl"))
                            .optTranslator(new BatchTranslator())
                            .build()
                            .loadModel());
        } catch (ModelNotFoundException
                | MalformedModelException
                | RuntimeException
                | LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ServingException(
                    version.directory() + "/djl: DJL refuses it: " + e + ", " + cause, e);
        }
    }

    @Override
    public float[][] logits(TokenBatch batch) {
        try (Predictor<TokenBatch, float[][]> predictor = model.newPredictor()) {
            return predictor.predict(batch);
        } catch (TranslateException e) {
            throw new IllegalStateException("DJL failed: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        model.close();
    }

    /** Hands token ids over and takes logits back; tokenising is done before. */
    private static final class BatchTranslator
            implements NoBatchifyTranslator<TokenBatch, float[][]> {

        @Override
        public NDList processInput(TranslatorContext context, TokenBatch batch) {
            NDManager manager = context.getNDManager();
            NDList inputs = new NDList();
            for (String name : context.getBlock().describeInput().keys()) {
                long[] values =
                        switch (name) {
                            case "attention_mask" -> batch.mask();
                            case "token_type_ids" -> batch.typeIds();
                            default -> batch.ids();
                        };
                inputs.add(named(manager, name, batch, values));
            }
            return inputs;
        }

        private static NDArray named(
                NDManager manager, String name, TokenBatch batch, long[] values) {
            NDArray array = manager.create(values, new Shape(batch.shape()));
            array.setName(name);
            return array;
        }

        @Override
        public float[][] processOutput(TranslatorContext context, NDList outputs) {
            NDArray logits = outputs.get(0);
            float[] flat = logits.toFloatArray();
            int batch = Math.toIntExact(logits.getShape().get(0));
            int classes = flat.length / batch;
            float[][] rows = new float[batch][classes];
            for (int i = 0; i < batch; i++) {
                System.arraycopy(flat, i * classes, rows[i], 0, classes);
            }
            return rows;
        }
    }
}
