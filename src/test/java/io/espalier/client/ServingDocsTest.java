package io.espalier.client;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/** The documentation shows the service that is compiled, run and tested. */
class ServingDocsTest {

    static final Path DOCUMENT = Path.of("docs/serving.md");
    private static final int MOST_LINES = 100;

    @Test
    void theDocumentContainsTheExampleServiceWordForWord() throws IOException {
        String example =
                Files.readString(Path.of("src/test/java/io/espalier/example/ExampleService.java"));
        assertThat(Files.readString(DOCUMENT)).contains("```java\n" + example + "```\n");
        assertThat(example.lines().count()).isLessThan(MOST_LINES);
    }

    @Test
    void theDocumentNamesTheVersionsOfTheBuild() throws IOException {
        String build = Files.readString(Path.of("pom.xml"));
        String document = Files.readString(DOCUMENT);
        assertThat(document)
                .contains("<version>" + property(build, "onnxruntime") + "</version>")
                .contains("<version>" + property(build, "djl") + "</version>")
                .contains("<version>" + property(build, "jackson") + "</version>")
                .contains("kafka-clients:" + property(build, "kafka") + "`")
                .contains("avro:" + property(build, "avro") + "`")
                .contains("onnxruntime-engine:" + property(build, "djl") + "`");
    }

    private static String property(String build, String name) {
        String tag = "<" + name + ".version>";
        int from = build.indexOf(tag) + tag.length();
        return build.substring(from, build.indexOf('<', from));
    }
}
