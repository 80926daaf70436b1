package io.espalier.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What {@code live.json} of a model says: the live version of each budget.
 *
 * <p>A value; members stand in the file as the components stand here, pointers by budget.
 *
 * @param format 1
 * @param model id of the model
 * @param pointers one for each budget that has a live version
 */
record LiveFile(int format, String model, List<LivePointer> pointers) {

    static final String NAME = "live.json";
    private static final int FORMAT = 1;
    private static final int MAX_BYTES = 1 << 20;

    /** Refuses another format and pointers of other models, doubled or out of order. */
    LiveFile {
        if (format != FORMAT) {
            throw new IllegalArgumentException(
                    NAME + " has format " + format + ", this build reads format " + FORMAT);
        }
        Ids.require("model id", model);
        pointers = List.copyOf(pointers);
        for (int i = 0; i < pointers.size(); i++) {
            LivePointer pointer = pointers.get(i);
            if (!pointer.model().equals(model)
                    || (i > 0 && pointers.get(i - 1).budget().compareTo(pointer.budget()) >= 0)) {
                throw new IllegalArgumentException(
                        NAME
                                + " of '"
                                + model
                                + "': the pointer of budget '"
                                + pointer.budget()
                                + "' is of another model, doubled or out of order");
            }
        }
    }

    /** Reads a model's file; one that is not there names nothing. */
    static LiveFile read(Path folder, String model) throws IOException {
        Path file = folder.resolve(NAME);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return new LiveFile(FORMAT, model, List.of());
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new ArtifactException(file + " has more than " + MAX_BYTES + " bytes");
            }
            LiveFile live = Json.read(file.toString(), bytes, LiveFile.class);
            if (!live.model().equals(model)) {
                throw new ArtifactException(file + " is of model '" + live.model() + "'");
            }
            return live;
        }
    }

    /** The file with a pointer in place; the same if it knows a pointer at least as new. */
    LiveFile with(LivePointer pointer) throws ArtifactException {
        List<LivePointer> after = new ArrayList<>();
        for (LivePointer known : pointers) {
            if (!known.budget().equals(pointer.budget())) {
                after.add(known);
            } else if (known.sequence() == pointer.sequence() && !known.equals(pointer)) {
                throw new ArtifactException(
                        NAME
                                + " of '"
                                + model
                                + "': sequence "
                                + pointer.sequence()
                                + " of budget '"
                                + pointer.budget()
                                + "' is "
                                + known.version()
                                + ", not "
                                + pointer.version()
                                + "; two jobs share this store: give each a store or a model id of"
                                + " its own");
            } else if (known.sequence() >= pointer.sequence()) {
                return this;
            }
        }
        after.add(pointer);
        after.sort(Comparator.comparing(LivePointer::budget));
        return new LiveFile(format, model, after);
    }

    /** The file's bytes. */
    byte[] toJson() throws IOException {
        return Json.write(this);
    }
}
