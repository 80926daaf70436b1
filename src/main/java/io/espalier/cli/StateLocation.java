package io.espalier.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where state of a job lies, as a user names it: a URI, or a path, which is taken from the current
 * directory, not from that of a JobManager.
 */
final class StateLocation {

    private static final String METADATA = "_metadata";
    private static final int DEPTH = 2; // <checkpoints>/<job>/chk-<number>
    private static final int LISTED = 5;

    private StateLocation() {}

    /** The URI of a path; what has a scheme stays as it is. */
    static String uri(String place) {
        if (hasScheme(place)) {
            return place;
        }
        String uri = Path.of(place).toAbsolutePath().normalize().toUri().toString();
        return uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri; // Directories get one.
    }

    /**
     * Refuses a place without a savepoint or checkpoint, if it is on a file system of this machine.
     *
     * @param place a URI, or a path
     * @throws CommandFailure naming what lies there instead
     */
    static void requireState(String place) throws IOException {
        String uri = uri(place);
        if (!uri.startsWith("file:")) {
            return; // Only the cluster can see it.
        }
        Path path = path(place, uri);
        boolean isMetadata =
                Files.isRegularFile(path) && String.valueOf(path.getFileName()).equals(METADATA);
        if (isMetadata || Files.isRegularFile(path.resolve(METADATA))) {
            return;
        }
        if (!Files.exists(path)) {
            throw new CommandFailure(
                    "savepoint "
                            + path
                            + ": there is no such directory; 'espalier stop' prints where its"
                            + " savepoint is");
        }
        List<Path> inside = inside(path);
        throw new CommandFailure(
                "savepoint "
                        + path
                        + ": holds no "
                        + METADATA
                        + (inside.isEmpty()
                                ? "; name a savepoint's own directory, or a checkpoint's"
                                : "; name one of what lies in it: " + listed(inside)));
    }

    /** Whether files of that host are files of this machine. */
    static boolean isHere(String host) throws IOException {
        InetAddress address = InetAddress.getByName(host);
        return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    }

    private static boolean hasScheme(String place) {
        return place.matches("[A-Za-z][A-Za-z0-9+.-]*:.*");
    }

    private static Path path(String place, String uri) {
        try {
            return Path.of(URI.create(uri).getPath());
        } catch (IllegalArgumentException | NullPointerException e) {
            throw new CommandFailure("savepoint '" + place + "' is neither a path nor a URI", e);
        }
    }

    /** Savepoints and checkpoints below a directory, newest first. */
    private static List<Path> inside(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> tree = Files.walk(directory, DEPTH)) {
            return tree.filter(each -> Files.isRegularFile(each.resolve(METADATA)))
                    .sorted(
                            Comparator.comparing((Path each) -> each.toFile().lastModified())
                                    .reversed())
                    .toList();
        }
    }

    private static String listed(List<Path> places) {
        String names =
                String.join(", ", places.stream().limit(LISTED).map(Path::toString).toList());
        int more = places.size() - LISTED;
        return more > 0 ? names + " and " + more + " older" : names;
    }
}
