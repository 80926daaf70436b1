package io.espalier.config;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Every option of Espalier, as Flink options under {@code espalier.}, in the order of the docs.
 *
 * <p>What values are allowed stands in {@link OptionRules}, what they become in {@link
 * EspalierConfig}.
 */
public final class EspalierOptions {

    public static final ConfigOption<String> MODEL_DIRECTORY =
            ConfigOptions.key("espalier.model.directory")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Directory of the dense parent model: config.json, "
                                    + "model.safetensors and tokenizer.json as Hugging Face writes them.");

    public static final ConfigOption<String> MODEL_ID =
            ConfigOptions.key("espalier.model.id")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Name of the model in the store and in every record.");

    public static final ConfigOption<Integer> MODEL_MAX_LENGTH =
            ConfigOptions.key("espalier.model.max-length")
                    .intType()
                    .defaultValue(128)
                    .withDescription("Tokens of a sample that are read; longer texts are cut.");

    public static final ConfigOption<List<String>> BUDGETS =
            ConfigOptions.key("espalier.budgets")
                    .stringType()
                    .asList()
                    .defaultValues("macs=0.5")
                    .withDescription(
                            "Shares of the dense model's cost to keep, each a pruned model of "
                                    + "its own: a list, or one text separated by commas.");

    public static final ConfigOption<String> PROFILE =
            ConfigOptions.key("espalier.profile")
                    .stringType()
                    .defaultValue("espalier")
                    .withDescription(
                            "Numerics of the decisions. `espalier`: joint error curves, exact "
                                    + "allocation; `robust-diagonal`: masks by diagonal Fisher. "
                                    + "(`reference`, the published method, needs its samples again: "
                                    + "`prune`, `ablate` and `bench prune` only.)");

    public static final ConfigOption<String> LOSS =
            ConfigOptions.key("espalier.loss")
                    .stringType()
                    .defaultValue("label-free")
                    .withDescription(
                            "Whose gradients are taken. `label-free`: the true Fisher information, "
                                    + "exact up to 4 classes, by a drawn class beyond; labels only "
                                    + "judge. `supervised`: the label's cross-entropy; samples "
                                    + "without a label give the label-free kind, kept apart and "
                                    + "used where labels are too few.");

    public static final ConfigOption<String> LATENCY_TABLE =
            ConfigOptions.key("espalier.latency-table")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Measured times of the model's sublayers, which budgets like "
                                    + "latency=0.5@b8s64 count; written by `espalier bench "
                                    + "latency --table`.");

    public static final ConfigOption<String> WINDOW_TYPE =
            ConfigOptions.key("espalier.window.type")
                    .stringType()
                    .defaultValue("tumbling")
                    .withDescription(
                            "What a decision rests on. `tumbling`: window after window; "
                                    + "`sliding`: the latest stretch, looked at every slide; "
                                    + "`running`: everything so far, forgotten by half-life.");

    public static final ConfigOption<Duration> WINDOW_SIZE =
            ConfigOptions.key("espalier.window.size")
                    .durationType()
                    .defaultValue(Duration.ofHours(1))
                    .withDescription(
                            "Event time that one decision covers, of tumbling and "
                                    + "sliding windows.");

    public static final ConfigOption<Integer> WINDOW_SAMPLES =
            ConfigOptions.key("espalier.window.samples")
                    .intType()
                    .noDefaultValue()
                    .withDescription(
                            "Scored samples that one decision covers, in place of a "
                                    + "time: a window ends with the first slide that fills it.");

    public static final ConfigOption<Duration> WINDOW_SLIDE =
            ConfigOptions.key("espalier.window.slide")
                    .durationType()
                    .noDefaultValue()
                    .withDescription(
                            "Event time between two looks at a sliding or running "
                                    + "window, or at one sized in samples. A sliding window holds "
                                    + "the statistics of each of its slides in state.");

    public static final ConfigOption<Duration> WINDOW_HALF_LIFE =
            ConfigOptions.key("espalier.window.half-life")
                    .durationType()
                    .noDefaultValue()
                    .withDescription(
                            "Event time in which a sample of a running window loses "
                                    + "half its weight.");

    public static final ConfigOption<Integer> WINDOW_MIN_SAMPLES =
            ConfigOptions.key("espalier.window.min-samples")
                    .intType()
                    .defaultValue(64)
                    .withDescription(
                            "Effective samples, (sum w)^2 / sum w^2, below which a window decides "
                                    + "nothing and reports itself starved.");

    public static final ConfigOption<Duration> WINDOW_MAX_OUT_OF_ORDERNESS =
            ConfigOptions.key("espalier.window.max-out-of-orderness")
                    .durationType()
                    .defaultValue(Duration.ofSeconds(10))
                    .withDescription(
                            "How far a sample's event time may lie behind the newest of its "
                                    + "partition before it is late.");

    public static final ConfigOption<Duration> WINDOW_ALLOWED_LATENESS =
            ConfigOptions.key("espalier.window.allowed-lateness")
                    .durationType()
                    .defaultValue(Duration.ZERO)
                    .withDescription(
                            "How late a sample may be, behind the watermark, and still "
                                    + "be counted, with the earliest window that is open; later "
                                    + "ones are dead letters.");

    public static final ConfigOption<Duration> SOURCE_IDLE_TIMEOUT =
            ConfigOptions.key("espalier.source.idle-timeout")
                    .durationType()
                    .noDefaultValue()
                    .withDescription(
                            "Processing time after which a silent partition no longer holds "
                                    + "back the others' windows. Replays are exact only without it.");

    public static final ConfigOption<MemorySize> SOURCE_MAX_SAMPLE_SIZE =
            ConfigOptions.key("espalier.source.max-sample-size")
                    .memoryType()
                    .defaultValue(MemorySize.ofMebiBytes(1))
                    .withDescription(
                            "Largest encoded sample that is accepted; larger ones are dead "
                                    + "letters.");

    public static final ConfigOption<Duration> LABELS_MAX_DELAY =
            ConfigOptions.key("espalier.labels.max-delay")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(10))
                    .withDescription(
                            "Event time that a sample without a label waits for one "
                                    + "from the labels topic; all windows are decided that much "
                                    + "later.");

    public static final ConfigOption<Double> DEAD_LETTERS_MAX_SHARE =
            ConfigOptions.key("espalier.dead-letters.max-share")
                    .doubleType()
                    .defaultValue(0.5)
                    .withDescription(
                            "Share of refused records, of any 1000 in a row that one task reads, "
                                    + "above which the job stops: a mistake upstream must not "
                                    + "drain the topic. 1 never stops.");

    public static final ConfigOption<String> DEAD_LETTERS_CRUMBS =
            ConfigOptions.key("espalier.dead-letters.crumbs")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Directory, shared by all TaskManagers, in which a scorer notes what "
                                    + "it hands to native code. A sample that kills the process "
                                    + "twice is then a dead letter of stage native.");

    public static final ConfigOption<Double> HELD_OUT_SHARE =
            ConfigOptions.key("espalier.held-out.share")
                    .doubleType()
                    .defaultValue(0.125)
                    .withDescription(
                            "Share of the samples, chosen by a hash of their id, that decide "
                                    + "nothing and judge the pruned models; 0 switches the judgement off.");

    public static final ConfigOption<Integer> HELD_OUT_MAX_SAMPLES =
            ConfigOptions.key("espalier.held-out.max-samples")
                    .intType()
                    .defaultValue(1024)
                    .withDescription("Held-out samples that a window keeps at most.");

    public static final ConfigOption<Integer> MICRO_BATCH_SAMPLES =
            ConfigOptions.key("espalier.micro-batch.samples")
                    .intType()
                    .defaultValue(64)
                    .withDescription("Samples scored together at most.");

    public static final ConfigOption<Integer> MICRO_BATCH_TOKENS =
            ConfigOptions.key("espalier.micro-batch.tokens")
                    .intType()
                    .defaultValue(2048)
                    .withDescription("Tokens scored together at most.");

    public static final ConfigOption<Integer> STATISTICS_GRADIENT_ROWS =
            ConfigOptions.key("espalier.statistics.gradient-rows")
                    .intType()
                    .defaultValue(256)
                    .withDescription(
                            "Per-sample gradients that a sublayer's statistics keep; only the "
                                    + "profile `robust-diagonal` reads any.");

    public static final ConfigOption<Duration> TRIGGER_PERIOD =
            ConfigOptions.key("espalier.trigger.period")
                    .durationType()
                    .noDefaultValue()
                    .withDescription(
                            "Event time after which a window is decided even without " + "drift.");

    public static final ConfigOption<Integer> TRIGGER_DRIFT_WINDOWS =
            ConfigOptions.key("espalier.trigger.drift-windows")
                    .intType()
                    .defaultValue(2)
                    .withDescription(
                            "Windows in a row whose distance from the live model's "
                                    + "baseline must exceed the noise floor to count as drift.");

    public static final ConfigOption<Integer> TRIGGER_COOL_DOWN =
            ConfigOptions.key("espalier.trigger.cool-down")
                    .intType()
                    .defaultValue(2)
                    .withDescription("Windows after a decision in which no other is made.");

    public static final ConfigOption<String> PROMOTION_MODE =
            ConfigOptions.key("espalier.promotion.mode")
                    .stringType()
                    .defaultValue("shadow")
                    .withDescription(
                            "What becomes of a candidate that passes. `shadow`: it is "
                                    + "published and reported; `promote`: live.json names it.");

    public static final ConfigOption<Double> PROMOTION_MARGIN =
            ConfigOptions.key("espalier.promotion.margin")
                    .doubleType()
                    .defaultValue(0.02)
                    .withDescription(
                            "By how much a candidate's error rate on held-out samples "
                                    + "may exceed the live model's.");

    public static final ConfigOption<Double> PROMOTION_TOLERANCE =
            ConfigOptions.key("espalier.promotion.tolerance")
                    .doubleType()
                    .defaultValue(0.05)
                    .withDescription(
                            "By how much it may exceed the dense model's: the test of "
                                    + "the first candidate, and of later ones that are worse than "
                                    + "the live model.");

    public static final ConfigOption<Double> PROMOTION_CONFIDENCE =
            ConfigOptions.key("espalier.promotion.confidence")
                    .doubleType()
                    .defaultValue(0.95)
                    .withDescription("One-sided confidence of both tests.");

    public static final ConfigOption<Integer> PROMOTION_MIN_SAMPLES =
            ConfigOptions.key("espalier.promotion.min-samples")
                    .intType()
                    .defaultValue(200)
                    .withDescription("Held-out samples without which nothing is promoted.");

    public static final ConfigOption<Double> RETUNE_MARGIN =
            ConfigOptions.key("espalier.retune.margin")
                    .doubleType()
                    .defaultValue(0.05)
                    .withDescription(
                            "When a decision is due, the live model stays as it is unless its "
                                    + "predicted error exceeds that of the better alternative by "
                                    + "more than this share. 0 leaves no model alone.");

    public static final ConfigOption<Double> REMASK_MARGIN =
            ConfigOptions.key("espalier.remask.margin")
                    .doubleType()
                    .defaultValue(0.1)
                    .withDescription(
                            "The structure changes when the predicted error of the one in force "
                                    + "exceeds that of the best one by more than this share; "
                                    + "otherwise its projections are re-tuned. 0 follows every "
                                    + "change.");

    public static final ConfigOption<Integer> SEARCH_ROUND_TO =
            ConfigOptions.key("espalier.search.round-to")
                    .intType()
                    .defaultValue(0)
                    .withDescription(
                            "What numbers of neurons in a layer are multiples of, apart from all "
                                    + "of them. 0: what the search offers, which is multiples of 16 "
                                    + "where a layer has 512 neurons or more; kernels were not "
                                    + "measured to be faster with 32 or 64.");

    public static final ConfigOption<String> TUNING_MODE =
            ConfigOptions.key("espalier.tuning.mode")
                    .stringType()
                    .defaultValue("projection")
                    .withDescription(
                            "What is solved anew in a pruned sublayer. `projection`: weights and "
                                    + "bias of the output projection; `mask-values`: one scale for "
                                    + "each kept unit, and the bias.");

    public static final ConfigOption<Double> TUNING_RIDGE =
            ConfigOptions.key("espalier.tuning.ridge")
                    .doubleType()
                    .defaultValue(0.01)
                    .withDescription(
                            "Ridge of the re-solved output projections, relative to the mean "
                                    + "diagonal of their inputs' second moments.");

    public static final ConfigOption<String> PUBLISH_ROOT =
            ConfigOptions.key("espalier.publish.root")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Root directory of the store of pruned models; staging lies in it "
                                    + "too.");

    public static final ConfigOption<List<String>> PUBLISH_FORMATS =
            ConfigOptions.key("espalier.publish.formats")
                    .stringType()
                    .asList()
                    .defaultValues("slim", "stock", "onnx", "djl")
                    .withDescription(
                            "Forms in which each pruned model is written; a list, or one text "
                                    + "separated by commas. `slim` is what the job itself reads "
                                    + "back; masks, report and manifest are always there.");

    public static final ConfigOption<Integer> PUBLISH_RETAIN_VERSIONS =
            ConfigOptions.key("espalier.publish.retain.versions")
                    .intType()
                    .defaultValue(20)
                    .withDescription(
                            "Newest versions of each budget that stay in the store; 0 for all. "
                                    + "What is live, what was live before and can be rolled back "
                                    + "to, and the first version stay besides. More than the "
                                    + "decisions since the oldest savepoint worth going back to.");

    public static final ConfigOption<MemorySize> PUBLISH_RETAIN_BYTES =
            ConfigOptions.key("espalier.publish.retain.bytes")
                    .memoryType()
                    .noDefaultValue()
                    .withDescription(
                            "Bytes that the newest versions of each budget may hold together; of "
                                    + "the two bounds the narrower holds.");

    public static final ConfigOption<String> KAFKA_BOOTSTRAP_SERVERS =
            ConfigOptions.key("espalier.kafka.bootstrap-servers")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Brokers to connect to first.");

    public static final ConfigOption<String> KAFKA_GROUP_ID =
            ConfigOptions.key("espalier.kafka.group-id")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Consumer group that offsets are shown under; recovery does not use "
                                    + "it.");

    public static final ConfigOption<String> KAFKA_TOPIC_CALIBRATION =
            ConfigOptions.key("espalier.kafka.topic.calibration")
                    .stringType()
                    .defaultValue("espalier.calibration")
                    .withDescription("Topic the samples are read from.");

    public static final ConfigOption<String> KAFKA_TOPIC_MASKS =
            ConfigOptions.key("espalier.kafka.topic.masks")
                    .stringType()
                    .defaultValue("espalier.masks")
                    .withDescription("Topic of the mask updates.");

    public static final ConfigOption<String> KAFKA_TOPIC_MODELS =
            ConfigOptions.key("espalier.kafka.topic.models")
                    .stringType()
                    .defaultValue("espalier.models")
                    .withDescription("Topic of the announcements of pruned models.");

    public static final ConfigOption<String> KAFKA_TOPIC_DRIFT =
            ConfigOptions.key("espalier.kafka.topic.drift")
                    .stringType()
                    .defaultValue("espalier.drift")
                    .withDescription("Topic of the drift reports.");

    public static final ConfigOption<String> KAFKA_TOPIC_CONTROL =
            ConfigOptions.key("espalier.kafka.topic.control")
                    .stringType()
                    .defaultValue("espalier.control")
                    .withDescription("Topic that operators' commands are read from.");

    public static final ConfigOption<String> KAFKA_TOPIC_LABELS =
            ConfigOptions.key("espalier.kafka.topic.labels")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Topic of labels that come after their samples, joined by "
                                    + "sample id.");

    public static final ConfigOption<String> KAFKA_TOPIC_DEAD_LETTERS =
            ConfigOptions.key("espalier.kafka.topic.dead-letters")
                    .stringType()
                    .defaultValue("espalier.dead-letters")
                    .withDescription("Topic of the refused inputs.");

    public static final ConfigOption<String> KAFKA_TRANSACTIONAL_ID_PREFIX =
            ConfigOptions.key("espalier.kafka.transactional-id-prefix")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "What the sinks' transactional ids begin with; unique for each job "
                                    + "on a broker and never changed.");

    public static final ConfigOption<Duration> KAFKA_TRANSACTION_TIMEOUT =
            ConfigOptions.key("espalier.kafka.transaction-timeout")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(10))
                    .withDescription(
                            "Time after which the broker aborts an open transaction. Must "
                                    + "exceed the longest checkpoint plus the longest outage, or "
                                    + "records are lost and the job ends; the broker's "
                                    + "transaction.max.timeout.ms must allow it.");

    public static final ConfigOption<List<String>> KAFKA_ACCEPT_LOST_TRANSACTIONS =
            ConfigOptions.key("espalier.kafka.accept-lost-transactions")
                    .stringType()
                    .asList()
                    .noDefaultValue()
                    .withDescription(
                            "Transactions without whose records the job goes on, after the "
                                    + "broker aborted them; a list, or one text separated by "
                                    + "commas. Each is named once, by the error it ended with.");

    public static final ConfigOption<Map<String, String>> KAFKA_PROPERTIES =
            ConfigOptions.key("espalier.kafka.properties")
                    .mapType()
                    .noDefaultValue()
                    .withDescription(
                            "Given to every Kafka client of the job, source, sinks and checks: "
                                    + "TLS, SASL, buffers. What the job decides itself is "
                                    + "refused.");

    public static final ConfigOption<Duration> CHECKPOINT_INTERVAL =
            ConfigOptions.key("espalier.checkpoint.interval")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(1))
                    .withDescription(
                            "Time between checkpoints. Masks, models and reports become visible "
                                    + "with the checkpoint after their window.");

    public static final ConfigOption<String> CHECKPOINT_DIRECTORY =
            ConfigOptions.key("espalier.checkpoint.directory")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Where checkpoints are written, on storage that every TaskManager "
                                    + "reaches.");

    public static final ConfigOption<Integer> PARALLELISM =
            ConfigOptions.key("espalier.parallelism")
                    .intType()
                    .defaultValue(2)
                    .withDescription(
                            "Parallel scorers; more than the calibration topic has partitions "
                                    + "stay idle and hold windows back.");

    public static final ConfigOption<Long> SEED =
            ConfigOptions.key("espalier.seed")
                    .longType()
                    .defaultValue(17L)
                    .withDescription(
                            "Seed of all that is chosen at random: held-out share, kept "
                                    + "gradients.");

    private EspalierOptions() {}
}
