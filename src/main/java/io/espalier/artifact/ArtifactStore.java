package io.espalier.artifact;

import io.espalier.mask.PruningMask;
import io.espalier.mask.Sublayer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The folder of published models, {@code <root>/<model>/<version>/}.
 *
 * <ul>
 *   <li>A version is absent or complete: it is staged under {@code <root>/.staging/}, forced to the
 *       disk, and becomes visible by one atomic rename. The operator keeps root and staging on one
 *       file system.
 *   <li>A commit may be repeated, after a restore or by a second committer: a version of the same
 *       digest is already committed. A version of another digest is refused, loudly.
 *   <li>Versions are immutable: nothing here rewrites one, and only {@link #retire} deletes some.
 * </ul>
 *
 * <p>Safe for use by several processes at once.
 */
public final class ArtifactStore {

    private final Path root;
    private final FileOps files;
    private final Supplier<String> attempts;
    private final Removal removal;

    private ArtifactStore(Path root, FileOps files, Supplier<String> attempts) {
        this.root = root;
        this.files = files;
        this.attempts = attempts;
        this.removal = new Removal(root, files, attempts);
    }

    /**
     * Opens a store, creating its folder, and proves that it can be written and renamed in.
     *
     * @throws ArtifactException naming the folder and the remedy
     */
    public static ArtifactStore open(Path root) throws IOException {
        return open(root, new DiskFileOps(), () -> UUID.randomUUID().toString());
    }

    static ArtifactStore open(Path root, FileOps files, Supplier<String> attempts)
            throws IOException {
        Path folder = root.toAbsolutePath().normalize();
        try {
            files.createDirectories(folder.resolve(StagedModel.STAGING));
            ArtifactStore store = new ArtifactStore(folder.toRealPath(), files, attempts);
            store.probe();
            return store;
        } catch (IOException e) {
            throw new ArtifactException(
                    "artefact store '"
                            + folder
                            + "' cannot be used ("
                            + e
                            + "): name a folder on one file system, with atomic rename, that this"
                            + " user may write to",
                    e);
        }
    }

    private void probe() throws IOException {
        Path probe = root.resolve(StagedModel.STAGING).resolve("probe-" + attempts.get());
        Path moved = root.resolve(".moved-" + probe.getFileName());
        try {
            files.createDirectories(probe);
            files.write(probe.resolve("probe"), out -> out.write('p'));
            files.sync(probe.resolve("probe"));
            files.move(probe, moved);
            files.sync(root);
        } finally {
            files.deleteTree(probe);
            files.deleteTree(moved);
        }
    }

    /**
     * Begins a pruned model: writes its slim form into a staging directory of its own, to be judged
     * as it lies there and then {@link Draft#complete completed} or discarded.
     *
     * @param sublayers in the order of the mask, keeping the units the mask keeps
     * @param parent directory of the dense parent
     * @param formats what is to be written; slim is in any case
     * @throws ArtifactException if the parent is not the model the decision was made for
     * @throws IllegalArgumentException if mask and sublayers disagree
     */
    public Draft draft(
            CandidateDescription candidate,
            List<SlimSublayer> sublayers,
            Path parent,
            Set<ModelFormat> formats)
            throws IOException {
        requireAgreement(candidate.mask(), sublayers);
        String attempt = StagedModel.own(candidate.model()) + attempts.get();
        Path staging = root.resolve(StagedModel.STAGING);
        Draft draft = new Draft(files, staging, attempt, candidate, sublayers, parent, formats);
        try {
            draft.begin();
            return draft;
        } catch (IOException | RuntimeException e) {
            draft.discard(e);
            throw e;
        }
    }

    /**
     * Publishes a staged model; does nothing more if it is published already.
     *
     * @throws ArtifactException if the version exists with another digest, or neither it nor the
     *     staged directory does
     */
    public void commit(StagedModel staged) throws IOException {
        Path folder = root.resolve(staged.model());
        Path target = versionDirectory(staged.model(), staged.version());
        Path source = root.resolve(staged.stagingPath());
        if (isCommitted(staged, target)) {
            files.deleteTree(source);
        } else {
            files.createDirectories(folder);
            files.sync(root);
            try {
                String digest = ManifestVerifier.digest(source);
                if (!digest.equals(staged.manifestDigest())) {
                    throw differs(staged, "its staging directory", digest);
                }
                files.move(source, target);
            } catch (IOException e) {
                // Another committer may have been faster; if so, its work is ours.
                if (!isCommitted(staged, target)) {
                    throw e;
                }
            }
        }
        files.sync(folder);
    }

    /** Deletes a staged model that will not be published. */
    public void discard(StagedModel staged) throws IOException {
        files.deleteTree(root.resolve(staged.stagingPath()));
    }

    /**
     * Where a staged model lies now: published, or else in staging. A commit may move it at any
     * moment; a reader that finds it gone asks again.
     *
     * @throws ArtifactException if it is in neither place
     */
    public Path locate(StagedModel staged) throws IOException {
        Path target = versionDirectory(staged.model(), staged.version());
        Path source = root.resolve(staged.stagingPath());
        if (isCommitted(staged, target)) {
            return target;
        }
        if (exists(source)) {
            return source;
        }
        if (isCommitted(staged, target)) {
            return target; // Committed between the two looks.
        }
        throw new ArtifactException(
                "store '%s' has no %s/%s, published or staged: it was deleted since the state was"
                                .formatted(root, staged.model(), staged.version())
                        + " written that refers to it; bring it back, or start from newer state");
    }

    /**
     * The directory of a published version.
     *
     * @throws ArtifactException if there is none
     */
    public Path published(String model, String version) throws IOException {
        Path target = versionDirectory(model, version);
        if (!exists(target)) {
            throw new ArtifactException("store '" + root + "' has no " + model + "/" + version);
        }
        return target;
    }

    /** The published versions of a model, in name order; none if there is no such model. */
    public List<String> versions(String model) throws IOException {
        Ids.require("model id", model);
        Path folder = root.resolve(model);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
                    .map(entry -> String.valueOf(entry.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    /** Verifies a published version: every file, and that the manifest is its own. */
    public Manifest verify(String model, String version) throws IOException {
        Path directory = published(model, version);
        Manifest manifest = ManifestVerifier.verify(directory);
        if (!manifest.model().equals(model) || !manifest.version().equals(version)) {
            throw new ArtifactException(
                    directory
                            + ": the manifest is of "
                            + manifest.model()
                            + "/"
                            + manifest.version());
        }
        return manifest;
    }

    /**
     * Names a published version as the live one of its budget, in {@code <model>/live.json}.
     *
     * <p>The file is for readers without the topic; the job's own state never comes from it. It is
     * replaced by one atomic rename, and its bytes are a function of the pointers in it. A pointer
     * of a sequence that is not above the one in the file changes nothing, so that a call may be
     * repeated, and one that comes late from an attempt given up does no harm.
     *
     * @return whether the file was changed
     * @throws ArtifactException if that version is not published, or another one was named under
     *     the same sequence
     */
    public boolean point(LivePointer pointer) throws IOException {
        Path target = versionDirectory(pointer.model(), pointer.version());
        String digest = ManifestVerifier.digest(target);
        if (!digest.equals(pointer.manifestDigest())) {
            throw new ArtifactException(
                    "'"
                            + target
                            + "' has manifest digest "
                            + digest
                            + ", the live pointer names "
                            + pointer.manifestDigest());
        }
        Path folder = root.resolve(pointer.model());
        LiveFile before = LiveFile.read(folder, pointer.model());
        LiveFile after = before.with(pointer);
        if (after.equals(before)) {
            return false;
        }
        Path temporary =
                root.resolve(StagedModel.STAGING)
                        .resolve(StagedModel.own(pointer.model()) + "live-" + attempts.get());
        byte[] json = after.toJson();
        try {
            files.write(temporary, out -> out.write(json));
            files.sync(temporary);
            files.move(temporary, folder.resolve(LiveFile.NAME));
            files.sync(folder);
        } catch (IOException e) {
            try {
                files.deleteTree(temporary);
            } catch (IOException secondary) {
                e.addSuppressed(secondary);
            }
            throw e;
        }
        return true;
    }

    /** When a published model was staged, by the file system's clock. */
    public Instant stagedAt(StagedModel published) throws IOException {
        Path directory = published(published.model(), published.version());
        return Files.getLastModifiedTime(directory.resolve(Manifest.FILE)).toInstant();
    }

    /** The live version of each budget, in the order of the budgets; none if none was named. */
    public List<LivePointer> live(String model) throws IOException {
        return LiveFile.read(root.resolve(Ids.require("model id", model)), model).pointers();
    }

    /**
     * Deletes what attempts that were given up have left in staging.
     *
     * <p>The caller's duty: a staged model that is in no state yet, because it travels from the
     * operator that staged it, must be younger than {@code olderThan}; an hour is ample where
     * checkpoints take minutes.
     *
     * @param model whose attempts; those of other models may wait for other jobs
     * @param referenced the {@link StagedModel#stagingName() names} that some state refers to
     * @param olderThan leaves alone what was changed at or after this instant; from the caller's
     *     clock, compared with the file system's
     * @return the names of what was deleted, sorted
     */
    public List<String> collectOrphans(String model, Set<String> referenced, Instant olderThan)
            throws IOException {
        return removal.collectOrphans(model, referenced, olderThan);
    }

    /**
     * Deletes old versions of a published model's budget.
     *
     * <p>Versions of a budget share their name up to the last hyphen; behind it stands the number
     * of the decision. Looks only at those up to the published one, so that one that comes late,
     * from an attempt given up, cannot take what later decisions refer to. Each is renamed into
     * staging before it is deleted: a reader sees a whole version or none, and what a crash leaves
     * there {@link #collectOrphans} takes.
     *
     * @param referenced versions that stay because some state refers to them; those that {@code
     *     live.json} names stay too
     * @return the versions deleted, the newest first
     */
    public List<String> retire(StagedModel published, Set<String> referenced, Retention retention)
            throws IOException {
        Set<String> kept = new HashSet<>(referenced);
        live(published.model()).forEach(pointer -> kept.add(pointer.version()));
        return removal.retire(published, kept, retention, versions(published.model()));
    }

    private boolean isCommitted(StagedModel staged, Path target) throws IOException {
        if (!exists(target)) {
            return false;
        }
        String digest = ManifestVerifier.digest(target);
        if (!digest.equals(staged.manifestDigest())) {
            throw differs(staged, "the published version", digest);
        }
        return true;
    }

    private static ArtifactException differs(StagedModel staged, String what, String digest) {
        return new ArtifactException(
                staged.model()
                        + "/"
                        + staged.version()
                        + ": "
                        + what
                        + " has manifest digest "
                        + digest
                        + ", the staged model "
                        + staged.manifestDigest()
                        + "; versions are immutable: give each job a store or a model id of its"
                        + " own");
    }

    private Path versionDirectory(String model, String version) throws IOException {
        Path folder = root.resolve(Ids.require("model id", model));
        Path target = folder.resolve(Ids.require("version", version));
        if (Files.isSymbolicLink(folder) || Files.isSymbolicLink(target)) {
            throw new ArtifactException("'" + target + "' passes a link; a store holds none");
        }
        return target;
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static void requireAgreement(PruningMask mask, List<SlimSublayer> sublayers) {
        List<Sublayer> slim = sublayers.stream().map(SlimSublayer::sublayer).toList();
        if (!mask.sublayers().equals(slim)) {
            throw new IllegalArgumentException(
                    "mask of "
                            + mask.sublayers().size()
                            + " sublayers, slim model of "
                            + slim.size()
                            + ", or they are not the same");
        }
        for (int i = 0; i < sublayers.size(); i++) {
            int[] kept = sublayers.get(i).keptUnits();
            if (!Arrays.equals(mask.keptUnits(i), kept)) {
                throw new IllegalArgumentException(
                        "sublayer '"
                                + slim.get(i).id()
                                + "': the mask keeps "
                                + mask.keptUnits(i).length
                                + " units, the slim model "
                                + kept.length
                                + ", or not the same");
            }
        }
    }
}
