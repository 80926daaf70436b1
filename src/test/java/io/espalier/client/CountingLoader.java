package io.espalier.client;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A loader that counts what it loads and what of it was closed. */
final class CountingLoader implements Loader {

    private final Loader loader;
    private final AtomicInteger loaded = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();

    CountingLoader(Loader loader) {
        this.loader = loader;
    }

    int loaded() {
        return loaded.get();
    }

    int closed() {
        return closed.get();
    }

    @Override
    public LoadedModel load(VerifiedVersion version) throws IOException {
        LoadedModel model = loader.load(version);
        loaded.incrementAndGet();
        return new LoadedModel() {
            @Override
            public List<String> labels() {
                return model.labels();
            }

            @Override
            public int positions() {
                return model.positions();
            }

            @Override
            public Tokens tokens(String text, @Nullable String pair) {
                return model.tokens(text, pair);
            }

            @Override
            public float[][] logits(TokenBatch batch) {
                return model.logits(batch);
            }

            @Override
            public void close() {
                model.close();
                closed.incrementAndGet();
            }
        };
    }
}
