package io.espalier.stream;

import io.espalier.artifact.ModelFormat;
import io.espalier.artifact.Retention;
import io.espalier.config.EspalierConfig;
import io.espalier.config.Loss;
import io.espalier.cost.Budget;
import io.espalier.cost.CostModels;
import io.espalier.cost.LatencyTableFile;
import io.espalier.cost.LatencyTables;
import io.espalier.fisher.LossKind;
import io.espalier.model.ModelDescription;
import io.espalier.model.TextClassifier;
import io.espalier.stream.decide.CandidateIdentity;
import io.espalier.stream.decide.DecisionPlan;
import io.espalier.stream.score.StateIdentity;
import io.espalier.stream.window.WindowPlan;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The dense parent as the job's definition needs it.
 *
 * @param directory absolute
 * @param maxLength tokens after which texts are cut
 * @param description what it is
 * @param latency measured times of its sublayers; null if no budget counts latency
 */
public record ParentModel(
        Path directory,
        int maxLength,
        ModelDescription description,
        @Nullable LatencyTables latency) {

    /**
     * Reads the configured parent, which proves that it loads before anything is started.
     *
     * @throws io.espalier.model.ModelFormatException if it does not, or is pruned itself
     * @throws IllegalArgumentException if the latency table is none, of another model, or has no
     *     workload that a budget names
     */
    public static ParentModel read(EspalierConfig config) throws IOException {
        Path directory = config.model().directory().toAbsolutePath().normalize();
        int maxLength = config.model().maxLength();
        try (TextClassifier classifier = TextClassifier.load(directory, maxLength)) {
            ModelDescription description = classifier.description();
            if (description.pruned()) {
                throw new io.espalier.model.ModelFormatException(
                        directory
                                + ": this model is pruned already; statistics need its dense"
                                + " parent");
            }
            Path table = config.latencyTable();
            LatencyTables latency =
                    table == null ? null : LatencyTableFile.read(table, description.sublayers());
            new CostModels(description.hidden(), latency)
                    .requireAll(Budget.parseAll(config.budgets()));
            return new ParentModel(directory, maxLength, description, latency);
        }
    }

    /** The loss that a configured one means for a model. */
    public static LossKind kind(Loss loss, ModelDescription model) {
        return loss == Loss.SUPERVISED
                ? LossKind.SUPERVISED
                : LossKind.labelFree(model.labels().size());
    }

    /** Names of the classes. */
    List<String> labels() {
        return description.labels();
    }

    /** Where task managers find it. */
    ModelReference reference() {
        return new ModelReference(directory.toString(), maxLength);
    }

    /** What its candidates have in common. */
    CandidateIdentity identity(EspalierConfig config) {
        return new CandidateIdentity(
                config.model().id(),
                directory.toString(),
                description.digest(),
                config.profile().label(),
                config.seed(),
                formats(config));
    }

    /** The formats that are configured, by their names. */
    public static List<ModelFormat> formats(EspalierConfig config) {
        return config.publish().formats().stream()
                .map(format -> ModelFormat.valueOf(format.name()))
                .toList();
    }

    /** How many published versions stay. */
    static Retention retention(EspalierConfig config) {
        int versions = config.publish().retainedVersions();
        Long bytes = config.publish().retainedBytes();
        return new Retention(
                versions == 0 ? Retention.ALL.versions() : versions,
                bytes == null ? Retention.ALL.bytes() : bytes);
    }

    /** What is to be decided. */
    DecisionPlan plan(EspalierConfig config) {
        return new DecisionPlan(
                description.sublayers(),
                new CostModels(description.hidden(), latency),
                Budget.parseAll(config.budgets()),
                config.profile(),
                config.roundTo(),
                config.tuning(),
                config.thresholds(),
                config.promotion(),
                WindowPlan.of(config.window()),
                config.window().minSamples(),
                config.heldOut().maxSamples());
    }

    /** What state has to be of to be restored. */
    StateIdentity stateIdentity(EspalierConfig config) {
        return StateIdentity.of(
                config.model().id(),
                description.digest(),
                maxLength,
                config.loss().label(),
                config.profile().label(),
                WindowPlan.of(config.window()).description(),
                config.seed());
    }
}
