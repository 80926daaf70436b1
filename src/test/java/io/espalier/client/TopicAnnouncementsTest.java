package io.espalier.client;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

import io.espalier.wire.CandidateStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import static io.espalier.client.Store.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The newest promotion of one budget counts, and nothing else on the models topic. */
class TopicAnnouncementsTest {

    private static final String TOPIC = "models";
    private static final Duration SOON = Duration.ofMillis(1);
    private static final Node[] NONE = {};

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final Told told = new Told();
    private final Store store;
    private final TopicAnnouncements announcements;

    TopicAnnouncementsTest(@TempDir Path directory) throws IOException {
        store = new Store(directory);
        announcements =
                new TopicAnnouncements(
                        TOPIC,
                        () -> consumer,
                        new LiveFile(store.root(), Store.MODEL, Store.BUDGET),
                        new Notices(told));
        consumer.updatePartitions(
                TOPIC,
                List.of(
                        new PartitionInfo(TOPIC, 0, new Node(0, "h", 1), NONE, NONE),
                        new PartitionInfo(TOPIC, 1, new Node(0, "h", 1), NONE, NONE)));
        consumer.updateBeginningOffsets(Map.of(partition(0), 0L, partition(1), 0L));
        ends.put(partition(0), 0L);
        ends.put(partition(1), 0L);
        consumer.updateEndOffsets(ends);
    }

    private static TopicPartition partition(int partition) {
        return new TopicPartition(TOPIC, partition);
    }

    private static byte[] announcement(int number, CandidateStatus status) {
        return announcement(number, status, Store.MODEL, Store.BUDGET);
    }

    private static byte[] announcement(
            int number, CandidateStatus status, String model, String budget) {
        return ModelsTopic.announcement(
                new ModelVersion(model, version(number), "0f".repeat(32)), budget, status);
    }

    /** Appends before the first reading of the topic. */
    private void before(byte[]... values) {
        for (byte[] value : values) {
            long offset = ends.merge(partition(0), 1L, Long::sum) - 1;
            consumer.updateEndOffsets(ends);
            consumer.schedulePollTask(() -> add(offset, value));
        }
    }

    /** Appends after it. */
    private void after(byte[]... values) {
        for (byte[] value : values) {
            add(ends.merge(partition(0), 1L, Long::sum) - 1, value);
        }
    }

    private void add(long offset, byte[] value) {
        consumer.addRecord(new ConsumerRecord<>(TOPIC, 0, offset, null, value));
    }

    @Test
    void beginsWithTheNewestPromotionAndGoesOnWithEachLaterOne() throws Exception {
        before(
                announcement(1, CandidateStatus.PROMOTED),
                announcement(2, CandidateStatus.PROMOTED));
        assertThat(announcements.next(SOON))
                .isEqualTo(new ModelVersion(Store.MODEL, version(2), "0f".repeat(32)));
        assertThat(announcements.next(SOON)).isNull();
        after(announcement(3, CandidateStatus.PROMOTED), announcement(4, CandidateStatus.PROMOTED));
        assertThat(announcements.next(SOON)).extracting("version").isEqualTo(version(4));
        assertThat(announcements.next(SOON)).isNull();
        after(announcement(1, CandidateStatus.PROMOTED));
        assertThat(announcements.next(SOON))
                .as("an earlier version, live again")
                .extracting("version")
                .isEqualTo(version(1));
        announcements.close();
        assertThat(consumer.closed()).isTrue();
    }

    @Test
    void onlyPromotionsOfThisModelAndBudgetCount() throws Exception {
        before(
                announcement(1, CandidateStatus.PROMOTED),
                announcement(2, CandidateStatus.REJECTED),
                announcement(3, CandidateStatus.CANDIDATE),
                announcement(4, CandidateStatus.PROMOTED, "another", Store.BUDGET),
                announcement(5, CandidateStatus.PROMOTED, Store.MODEL, "macs=0.3"));
        assertThat(announcements.next(SOON)).extracting("version").isEqualTo(version(1));
        after(announcement(6, CandidateStatus.REJECTED));
        assertThat(announcements.next(SOON)).isNull();
    }

    @Test
    void aRecordThatIsNoneIsToldWithItsPlaceAndPassedOver() throws Exception {
        before(
                announcement(1, CandidateStatus.PROMOTED),
                new byte[] {(byte) 0xC3, 1, 2},
                announcement(2, CandidateStatus.PROMOTED));
        assertThat(announcements.next(SOON)).extracting("version").isEqualTo(version(2));
        assertThat(told.events()).hasSize(1);
        assertThat(told.events().get(0))
                .startsWith("troubled: topic 'models', partition 0, offset 1");
    }

    @Test
    void aLengthThatWouldAllocateGigabytesIsRefusedWithoutLimitsOfTheJvm() throws Exception {
        byte[] hostile = announcement(1, CandidateStatus.PROMOTED);
        byte[] twoGigabytes = {(byte) 0xFE, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F};
        System.arraycopy(twoGigabytes, 0, hostile, 10, twoGigabytes.length);
        before(hostile, announcement(2, CandidateStatus.PROMOTED));
        assertThat(announcements.next(SOON)).extracting("version").isEqualTo(version(2));
        assertThat(told.events().get(0)).contains("'model' claims 2147483647 bytes");
    }

    @Test
    void whereTheTopicIsSilentTheLiveFileSpeaks() throws Exception {
        before(announcement(1, CandidateStatus.REJECTED));
        ModelVersion live = store.promote(3);
        assertThat(announcements.next(SOON)).isEqualTo(live);
        assertThat(announcements.next(SOON)).isNull();
    }

    @Test
    void aTopicThatSpeaksOutdoesTheLiveFile() throws Exception {
        before(announcement(1, CandidateStatus.PROMOTED));
        store.promote(3);
        assertThat(announcements.next(SOON)).extracting("version").isEqualTo(version(1));
    }

    @Test
    void aTopicThatIsNotThereIsAnErrorUntilItIs() throws Exception {
        consumer.updatePartitions(TOPIC, List.of());
        assertThatThrownBy(() -> announcements.next(SOON))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("'models' is not there");
        assertThat(consumer.closed()).as("nothing is left open").isTrue();
    }

    @Test
    void aBrokerThatFailsIsAnErrorAndTheNextReadingGoesOn() throws Exception {
        before(announcement(1, CandidateStatus.PROMOTED));
        announcements.next(SOON);
        consumer.setPollException(new KafkaException("made up"));
        assertThatThrownBy(() -> announcements.next(SOON))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("topic 'models': made up");
        after(announcement(2, CandidateStatus.PROMOTED));
        assertThat(announcements.next(SOON)).extracting("version").isEqualTo(version(2));
    }
}
