package io.espalier.cli;

import io.espalier.report.StructurePicture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;

/** The options {@code --ascii} and {@code --svg} of commands that show which units are kept. */
final class PictureOptions {

    private static final int LEAST = 72;
    private static final int MOST = 100;
    private static final int USUAL = 80;

    @Option(
            names = "--ascii",
            description = "Draw with plain characters; the default where the locale has no others.")
    private boolean ascii;

    @Option(
            names = "--svg",
            paramLabel = "FILE",
            description = "Also write the picture as SVG, for light and dark pages.")
    private @Nullable Path svg;

    /** Makes sure that the file can be written. */
    void prepare() {
        if (svg != null) {
            OutputFiles.prepareFile(svg);
        }
    }

    /** The picture in characters. */
    String text(StructurePicture picture) {
        return picture.text(
                new StructurePicture.Terminal(
                        columns(System.getenv("COLUMNS")),
                        !ascii && Charset.defaultCharset().newEncoder().canEncode("■█▁·"),
                        CommandLine.Help.Ansi.AUTO.enabled()));
    }

    /** The terminal's width within what the picture can use, as far as it is told. */
    static int columns(@Nullable String told) {
        if (told == null || !told.matches("[0-9]{1,6}")) {
            return USUAL;
        }
        return Math.max(LEAST, Math.min(MOST, Integer.parseInt(told)));
    }

    /** Writes the drawing if it was asked for. */
    void write(StructurePicture picture) throws IOException {
        if (svg != null) {
            OutputFiles.writeText(svg, picture.svg());
        }
    }
}
