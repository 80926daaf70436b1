package io.espalier.client;

import io.espalier.artifact.SelfCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import static io.espalier.client.Store.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is live answers; what fails on the way there never does. The engine is made up. */
class LiveClassifierTest {

    private static final Duration LOOK = Duration.ofMillis(5);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Store store;
    private final InMemoryModels models = new InMemoryModels();
    private final Told told = new Told();

    LiveClassifierTest(@TempDir Path directory) throws IOException {
        store = new Store(directory);
    }

    private LiveClassifier.Builder builder() {
        return LiveClassifier.following(
                        Followed.directory(store.root(), Store.MODEL, Store.BUDGET, LOOK))
                .loader(models)
                .retry(Duration.ofMillis(20))
                .listener(told);
    }

    private static int number(LiveClassifier classifier) {
        return Math.round(classifier.classify("a text").logits().get(0));
    }

    @Test
    void answersWithWhatIsLiveAndThenWithWhatComesNext() throws Exception {
        ModelVersion first = store.promote(1);
        try (LiveClassifier classifier = builder().open(LIMIT)) {
            assertThat(classifier.classify("a text").version()).isEqualTo(first);
            assertThat(number(classifier)).isEqualTo(1);
            ModelVersion second = store.promote(2);
            told.await("swapped to " + version(2));
            assertThat(classifier.version()).isEqualTo(second);
            assertThat(number(classifier)).isEqualTo(2);
            told.await("retired " + version(1));
            assertThat(models.open()).isEqualTo(1);
        }
        assertThat(models.open()).isZero();
        assertThat(told.events())
                .containsExactly(
                        "swapped to " + version(1),
                        "swapped to " + version(2),
                        "retired " + version(1),
                        "retired " + version(2));
    }

    @Test
    void answersATextAPairAndManyTexts() throws Exception {
        store.promote(3);
        try (LiveClassifier classifier = builder().open(LIMIT)) {
            assertThat(classifier.classify("a", "b").label()).isEqualTo("version");
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < 70; i++) {
                texts.add("text " + i);
            }
            assertThat(classifier.classify(texts)).hasSize(70);
            assertThat(classifier.classify(List.of())).isEmpty();
        }
    }

    @Test
    void keepsTheOldVersionWhenAByteOfTheNewOneIsFlipped() throws Exception {
        store.promote(1);
        try (LiveClassifier classifier = builder().open(LIMIT)) {
            ModelVersion flipped = store.publish(2);
            Path weights = store.directory(2).resolve("slim/model.safetensors");
            byte[] bytes = Files.readAllBytes(weights);
            bytes[bytes.length / 2] ^= 1;
            Files.write(weights, bytes);
            store.point(flipped);
            told.await("refused " + version(2));
            assertThat(told.events("refused").get(0)).contains("slim/model.safetensors", "sha256");
            assertThat(number(classifier)).isEqualTo(1);
            assertThat(models.loaded()).isEqualTo(1);

            bytes[bytes.length / 2] ^= 1;
            Files.write(weights, bytes);
            told.await("swapped to " + version(2));
            assertThat(number(classifier)).isEqualTo(2);
        }
    }

    @Test
    void keepsTheOldVersionWhenTheEngineRefusesTheNewOne() throws Exception {
        store.promote(1);
        models.refuse(version(2));
        try (LiveClassifier classifier = builder().open(LIMIT)) {
            store.promote(2);
            told.await(3, "refused " + version(2));
            assertThat(number(classifier)).isEqualTo(1);
            models.accept(version(2));
            told.await("swapped to " + version(2));
            assertThat(number(classifier)).isEqualTo(2);
        }
    }

    @Test
    void keepsTheOldVersionWhenTheNewOneDoesNotReproduceItsSelfCheck() throws Exception {
        store.promote(1);
        try (LiveClassifier classifier = builder().open(LIMIT)) {
            store.point(store.publish(2, Set.of(), draft -> InMemoryModels.check(7)));
            told.await("refused " + version(2));
            assertThat(told.events("refused").get(0)).contains("selfcheck.json", "2.0", "7.0");
            assertThat(models.open()).as("the refused one is closed").isEqualTo(1);
            store.point(store.publish(3, Set.of(), draft -> InMemoryModels.check(3)));
            told.await("swapped to " + version(3));
            assertThat(number(classifier)).isEqualTo(3);
        }
    }

    @Test
    void keepsTheOldVersionWhenTheSelfCheckWouldLetEverythingPass() throws Exception {
        store.promote(1);
        try (LiveClassifier classifier = builder().open(LIMIT)) {
            SelfCheck strict = InMemoryModels.check(2);
            SelfCheck loose = new SelfCheck(1, 1e9, strict.inputs(), strict.logits());
            store.point(store.publish(2, Set.of(), draft -> loose));
            told.await("refused " + version(2) + ": selfcheck.json: tolerance 1.0E9");
            assertThat(number(classifier)).isEqualTo(1);
        }
    }

    @Test
    void anErrorOfALoaderOrAListenerDoesNotEndTheFollowing() throws Exception {
        store.promote(1);
        models.whenLoading(
                version(2),
                () -> {
                    throw new OutOfMemoryError("made up");
                });
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        AtomicInteger uncaught = new AtomicInteger();
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught.incrementAndGet());
        Listener hostile =
                new Listener() {
                    @Override
                    public void refused(ModelVersion version, Throwable why) {
                        told.refused(version, why);
                        throw new IllegalStateException("made up");
                    }

                    @Override
                    public void swapped(Swap swap) {
                        told.swapped(swap);
                    }
                };
        try (LiveClassifier classifier = builder().listener(hostile).open(LIMIT)) {
            store.promote(2);
            told.await("refused " + version(2));
            store.promote(3);
            told.await("swapped to " + version(3));
            assertThat(number(classifier)).isEqualTo(3);
            assertThat(uncaught.get()).isPositive();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    @Test
    void rollsBackWhenAskedAndAgainUntilSomethingElseIsAnnounced() throws Exception {
        store.promote(1);
        try (LiveClassifier classifier = builder().open(LIMIT)) {
            assertThatThrownBy(classifier::rollback)
                    .isInstanceOf(ServingException.class)
                    .hasMessageContaining("nothing to roll back to");
            store.promote(2);
            told.await("swapped to " + version(2));
            store.promote(3);
            told.await("swapped to " + version(3));
            assertThat(classifier.rollback().version()).isEqualTo(version(2));
            assertThat(number(classifier)).isEqualTo(2);
            assertThat(classifier.rollback().version()).isEqualTo(version(1));
            assertThat(number(classifier)).isEqualTo(1);
            Thread.sleep(10 * LOOK.toMillis());
            assertThat(number(classifier)).as("live.json still names 3").isEqualTo(1);
            store.promote(4);
            told.await("swapped to " + version(4));
            assertThat(classifier.rollback().version()).isEqualTo(version(1));
            assertThat(told.events("back to"))
                    .containsExactly(
                            "back to " + version(2),
                            "back to " + version(1),
                            "back to " + version(1));
        }
        assertThat(models.open()).isZero();
    }

    @Test
    void aRollbackToWhatIsNoLongerThereChangesNothing() throws Exception {
        store.promote(1);
        try (LiveClassifier classifier = builder().open(LIMIT)) {
            store.promote(2);
            told.await("swapped to " + version(2));
            Files.delete(store.directory(1).resolve("masks/mask.json"));
            assertThatThrownBy(classifier::rollback).hasMessageContaining("masks/mask.json");
            assertThat(number(classifier)).isEqualTo(2);
        }
    }

    @Test
    void followsARollbackOfTheJob() throws Exception {
        ModelVersion first = store.promote(1);
        try (LiveClassifier classifier = builder().open(LIMIT)) {
            store.promote(2);
            told.await("swapped to " + version(2));
            store.point(first);
            told.await("back to " + version(1));
            assertThat(number(classifier)).isEqualTo(1);
        }
    }

    @Test
    void saysWhyThereIsNoFirstVersion() throws Exception {
        Duration soon = Duration.ofMillis(100);
        assertThatThrownBy(() -> builder().open(soon))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("none was announced")
                .hasMessageContaining("tiny-bert at macs=0.5");
        store.promote(1);
        models.refuse(version(1));
        assertThatThrownBy(() -> builder().open(soon))
                .hasMessageContaining("refused by the test")
                .hasRootCauseInstanceOf(ServingException.class);
        models.accept(version(1));
        builder().open(LIMIT).close();
    }

    @Test
    void servesOneVersionOfADirectoryThatNothingIsAnnouncedIn() throws Exception {
        ModelVersion only = store.publish(1);
        assertThat(served(store.directory(1))).isEqualTo(only);
    }

    @Test
    void servesACopyOfAVersionUnderAnotherName() throws Exception {
        ModelVersion only = store.publish(1);
        Path copy = store.root().resolveSibling("handed-over");
        Files.move(store.directory(1), copy);
        assertThat(served(copy)).isEqualTo(only);
    }

    @Test
    void aVersionThatIsNotWholeIsRefusedAtOnce() throws Exception {
        store.publish(1);
        Files.delete(store.directory(1).resolve("masks/mask.json"));
        assertThatThrownBy(() -> served(store.directory(1)))
                .hasMessageContaining("masks/mask.json' is missing");
        Files.delete(store.directory(1).resolve("manifest.json"));
        assertThatThrownBy(() -> served(store.directory(1)))
                .hasMessageContaining("holds no manifest.json; name the directory of a published");
    }

    private ModelVersion served(Path directory) throws Exception {
        try (LiveClassifier classifier =
                LiveClassifier.following(Followed.version(directory)).loader(models).open()) {
            return classifier.version();
        }
    }

    @Test
    void anUnreadableLiveFileIsToldOnceAndOutlasted() throws Exception {
        store.promote(1);
        try (LiveClassifier classifier = builder().open(LIMIT)) {
            Path live = store.root().resolve(Store.MODEL).resolve("live.json");
            byte[] good = Files.readAllBytes(live);
            Files.writeString(live, "{");
            told.await("troubled");
            assertThat(number(classifier)).isEqualTo(1);
            Files.write(live, good);
            store.promote(2);
            told.await("swapped to " + version(2));
            assertThat(told.events("troubled")).hasSize(1);
        }
    }

    @Test
    void aClosedClassifierAnswersNoMoreAndLeavesNoThread() throws Exception {
        store.promote(1);
        LiveClassifier classifier = builder().open(LIMIT);
        classifier.close();
        classifier.close();
        assertThatThrownBy(() -> classifier.classify("a text"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(classifier::version).isInstanceOf(IllegalStateException.class);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("espalier-follower"));
        assertThat(models.open()).isZero();
    }

    @Test
    void aRequestInFlightEndsOnTheModelItBeganWith() throws Exception {
        store.promote(1);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (LiveClassifier classifier = builder().open(LIMIT)) {
            CountDownLatch began = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            List<String> slow =
                    new AbstractList<>() {
                        @Override
                        public String get(int index) {
                            began.countDown();
                            awaitQuietly(goOn);
                            return "slow";
                        }

                        @Override
                        public int size() {
                            return 1;
                        }
                    };
            Future<List<Answer>> answer = other.submit(() -> classifier.classify(slow));
            began.await();
            store.promote(2);
            told.await("swapped to " + version(2));
            assertThat(number(classifier)).isEqualTo(2);
            assertThat(models.open()).as("the old one is held").isEqualTo(2);
            assertThat(told.events("retired")).isEmpty();
            goOn.countDown();
            assertThat(answer.get().get(0).version().version()).isEqualTo(version(1));
            told.await("retired " + version(1));
            assertThat(models.open()).isEqualTo(1);
        } finally {
            other.shutdown();
        }
        assertThat(models.wrong()).isZero();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void manyThreadsAndManyChangesMixNothingAndLeaveNothingOpen() throws Exception {
        int versions = 12;
        store.promote(1);
        ExecutorService clients = Executors.newFixedThreadPool(4);
        AtomicBoolean stop = new AtomicBoolean();
        List<Future<Integer>> counts = new ArrayList<>();
        try (LiveClassifier classifier = builder().open(LIMIT)) {
            for (int i = 0; i < 4; i++) {
                counts.add(clients.submit(() -> mismatches(classifier, stop)));
            }
            for (int i = 2; i <= versions; i++) {
                store.promote(i);
                told.await("swapped to " + version(i));
            }
            stop.set(true);
            for (Future<Integer> count : counts) {
                assertThat(count.get()).isZero();
            }
        } finally {
            stop.set(true);
            clients.shutdown();
        }
        assertThat(models.loaded()).isEqualTo(versions);
        assertThat(models.open()).isZero();
        assertThat(models.wrong()).isZero();
        assertThat(told.events("retired")).hasSize(versions);
    }

    private static int mismatches(LiveClassifier classifier, AtomicBoolean stop) {
        int mismatches = 0;
        while (!stop.get()) {
            Answer answer = classifier.classify("a text");
            int named = InMemoryModels.number(answer.version().version());
            mismatches += named == answer.logits().get(0) ? 0 : 1;
        }
        return mismatches;
    }
}
