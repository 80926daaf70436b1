package io.espalier.artifact;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What leaves a store: staging that was given up, and versions that are old.
 *
 * @param root of the store
 * @param files how it changes the disk
 * @param attempts names that nobody else takes
 */
record Removal(Path root, FileOps files, Supplier<String> attempts) {

    /** A version of a budget: what it shares with the others, and the number of its decision. */
    private static final Pattern NUMBERED = Pattern.compile("(.+-)([0-9]{1,18})");

    /** As {@link ArtifactStore#collectOrphans} says. */
    List<String> collectOrphans(String model, Set<String> referenced, Instant olderThan)
            throws IOException {
        List<String> collected = new ArrayList<>();
        Path staging = root.resolve(StagedModel.STAGING);
        List<Path> entries;
        try (Stream<Path> listed = Files.list(staging)) {
            entries = listed.sorted().toList();
        }
        for (Path entry : entries) {
            String name = String.valueOf(entry.getFileName());
            if (name.startsWith(StagedModel.own(model))
                    && !referenced.contains(name)
                    && isOlder(entry, olderThan)) {
                files.deleteTree(entry);
                collected.add(name);
            }
        }
        return List.copyOf(collected);
    }

    /**
     * As {@link ArtifactStore#retire} says.
     *
     * @param kept versions that stay in any case
     * @param all versions of the model
     */
    List<String> retire(
            StagedModel published, Set<String> kept, Retention retention, List<String> all)
            throws IOException {
        if (retention.equals(Retention.ALL)) {
            return List.of();
        }
        Path folder = root.resolve(published.model());
        boolean sized = retention.bytes() < Retention.ALL.bytes();
        List<Retention.Version> versions = new ArrayList<>();
        for (String name : upTo(published.version(), all)) {
            versions.add(new Retention.Version(name, sized ? bytes(folder.resolve(name)) : 0));
        }
        List<String> retired = retention.retired(versions, kept);
        for (String name : retired) {
            Path staging = root.resolve(StagedModel.STAGING);
            Path aside = staging.resolve(StagedModel.own(published.model()) + attempts.get());
            files.move(folder.resolve(name), aside);
            files.sync(folder); // Or a loss of power could bring back a torn version.
            files.sync(staging);
            files.deleteTree(aside);
        }
        return retired;
    }

    /** Versions of the same budget that are not newer, the newest first. */
    private static List<String> upTo(String version, List<String> all) {
        Matcher own = NUMBERED.matcher(version);
        if (!own.matches()) {
            return List.of();
        }
        long number = Long.parseLong(own.group(2));
        return all.stream()
                .map(NUMBERED::matcher)
                .filter(other -> other.matches() && other.group(1).equals(own.group(1)))
                .filter(other -> Long.parseLong(other.group(2)) <= number)
                .sorted(
                        Comparator.comparingLong((Matcher other) -> Long.parseLong(other.group(2)))
                                .reversed())
                .map(Matcher::group)
                .toList();
    }

    private static long bytes(Path directory) throws IOException {
        long bytes = 0;
        try (Stream<Path> entries = Files.walk(directory)) {
            for (Path entry : entries.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(entry);
            }
        }
        return bytes;
    }

    private static boolean isOlder(Path entry, Instant than) throws IOException {
        try {
            return Files.getLastModifiedTime(entry, LinkOption.NOFOLLOW_LINKS)
                    .toInstant()
                    .isBefore(than);
        } catch (NoSuchFileException e) {
            return false; // Published, or collected by another, since it was listed.
        }
    }
}
