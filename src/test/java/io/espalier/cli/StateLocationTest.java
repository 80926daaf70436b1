package io.espalier.cli;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Where state is, from the user's directory, and what is said of a place without any. */
class StateLocationTest {

    @TempDir private Path directory;

    @Test
    void aPathIsTakenFromTheCurrentDirectoryAndAUriAsItIs() {
        assertThat(StateLocation.uri("sp/../sp2"))
                .isEqualTo(Path.of("").toAbsolutePath().toUri() + "sp2");
        assertThat(StateLocation.uri(directory.toString())).isEqualTo("file://" + directory);
        for (String uri : List.of("s3://bucket/sp", "file:/sp", "hdfs:///sp")) {
            assertThat(StateLocation.uri(uri)).isEqualTo(uri);
        }
    }

    @Test
    void aSavepointIsItsDirectoryOrTheMetadataInIt() throws IOException {
        Path savepoint = savepoint("sp-1", 1);
        StateLocation.requireState(savepoint.toString());
        StateLocation.requireState(savepoint.toUri().toString());
        StateLocation.requireState("file:" + savepoint);
        StateLocation.requireState(savepoint.resolve("_metadata").toString());
        StateLocation.requireState("s3://bucket/of/which/nothing/is/known");
    }

    @Test
    void whatIsNotThereIsSaidNotToBe() {
        assertRefused(directory.resolve("sp").toString(), "sp: there is no such directory");
        assertRefused(directory.resolve("sp").toUri().toString(), "'espalier stop' prints where");
    }

    @Test
    void aDirectoryOfSavepointsListsThemNewestFirst() throws IOException {
        Path older = savepoint("sp/1", 1_000);
        Path newer = savepoint("sp/2", 2_000);
        assertRefused(
                directory.resolve("sp").toString(),
                "holds no _metadata; name one of what lies in it: " + newer + ", " + older);
        Path checkpoint = savepoint("chk/5e20cb6b/chk-7", 1_000);
        assertRefused(directory.resolve("chk").toString(), "lies in it: " + checkpoint);
    }

    @Test
    void aDirectoryOrFileOfOtherThingsIsNoSavepoint() throws IOException {
        Files.createDirectory(directory.resolve("empty"));
        assertRefused(directory.resolve("empty").toString(), "name a savepoint's own directory");
        Path file = Files.writeString(directory.resolve("notes"), "");
        assertRefused(file.toString(), "holds no _metadata");
    }

    @Test
    void filesOfTheLoopbackInterfaceAreFilesOfThisMachine() throws IOException {
        assertThat(StateLocation.isHere("127.0.0.1")).isTrue();
        assertThat(StateLocation.isHere("192.0.2.1")).isFalse(); // RFC 5737: nobody's.
    }

    private Path savepoint(String name, long modified) throws IOException {
        Path savepoint = Files.createDirectories(directory.resolve(name));
        Files.writeString(savepoint.resolve("_metadata"), "");
        Files.setLastModifiedTime(savepoint, FileTime.fromMillis(modified));
        return savepoint;
    }

    private static void assertRefused(String place, String reason) {
        assertThatThrownBy(() -> StateLocation.requireState(place))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining(reason);
    }
}
