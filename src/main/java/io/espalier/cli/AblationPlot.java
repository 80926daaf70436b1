package io.espalier.cli;

import io.espalier.batch.PruningStep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * Accuracy against MACs kept, as SVG: a line of means for each profile and step, a dot for each
 * cell, a line for the dense model.
 *
 * <p>Colours tell profiles apart, dashes steps; with a single profile both tell steps. Text takes
 * the colour of its surroundings, lines have one shade for light pages and one for dark ones.
 */
final class AblationPlot {

    private static final double WIDTH = 1000;
    private static final double HEIGHT = 520;
    private static final double LEFT = 70;
    private static final double RIGHT = 650;
    private static final double TOP = 20;
    private static final double BOTTOM = 460;
    private static final double LEGEND = 680;
    private static final double LINE_HEIGHT = 24;

    /** Told apart also by those who do not see red or green. */
    private static final List<String> ON_LIGHT =
            List.of("#0063a3", "#c25100", "#00755a", "#8a3d82", "#6b5900");

    private static final List<String> ON_DARK =
            List.of("#6cb8f0", "#f29a57", "#4cc9a4", "#dd95d5", "#d9c353");

    private static final List<String> DASHES = List.of("none", "2 5", "7 5", "11 4 2 4", "18 6");

    private final Ablation ablation;
    private final List<String> profiles;
    private final List<String> steps;
    private final PlotAxis x;
    private final PlotAxis y;
    private final StringBuilder svg = new StringBuilder();

    private AblationPlot(Ablation ablation) {
        this.ablation = ablation;
        List<Ablation.Cell> cells = ablation.cells();
        this.profiles = cells.stream().map(Ablation.Cell::profile).distinct().toList();
        List<String> found = new ArrayList<>();
        cells.stream().map(Ablation.Cell::step).distinct().forEach(found::add);
        if (found.remove(PruningStep.PROJECTION.label())) {
            found.add(0, PruningStep.PROJECTION.label()); // What is published: the whole line.
        }
        this.steps = found;
        this.x =
                PlotAxis.around(
                        cells.stream().mapToDouble(Ablation.Cell::macs).toArray(), LEFT, RIGHT);
        this.y =
                PlotAxis.around(
                        DoubleStream.concat(
                                        cells.stream().mapToDouble(Ablation.Cell::percent),
                                        DoubleStream.of(densePercent(ablation)))
                                .toArray(),
                        BOTTOM,
                        TOP);
    }

    /** The drawing, an {@code svg} element; there is at least one cell. */
    static String of(Ablation ablation) {
        return new AblationPlot(ablation).draw();
    }

    private static double densePercent(Ablation ablation) {
        return 100 * ablation.dense().accuracy();
    }

    private String draw() {
        add(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %.0f %.0f' role='img'"
                        + " aria-label='Accuracy in percent against the share of MACs kept'>%n",
                WIDTH, HEIGHT);
        style();
        axes();
        dense();
        int entry = 1;
        for (Map.Entry<String, List<AblationRow>> series : series().entrySet()) {
            series(series.getKey(), series.getValue(), entry++);
        }
        add("</svg>%n");
        return svg.toString();
    }

    private void style() {
        add("<style>%n");
        add("text { fill: currentColor; font: 13px sans-serif }%n");
        add(".frame, .tick, .dense { stroke: currentColor; fill: none }%n");
        add(".tick { opacity: 0.2 } .dense { stroke-dasharray: 3 3; opacity: 0.7 }%n");
        add(".series { fill: none; stroke-width: 2 } .cell { opacity: 0.6 }%n");
        colours(ON_LIGHT);
        add("@media (prefers-color-scheme: dark) {%n");
        colours(ON_DARK);
        add("}%n</style>%n");
    }

    private void colours(List<String> shades) {
        for (int i = 0; i < shades.size(); i++) {
            add(".line%d { stroke: %s } .dot%d { fill: %s }%n", i, shades.get(i), i, shades.get(i));
        }
    }

    private void axes() {
        add(
                "<rect class='frame' x='%.2f' y='%.2f' width='%.2f' height='%.2f'/>%n",
                LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP);
        for (double tick : x.ticks()) {
            double at = x.at(tick);
            add(
                    "<line class='tick' x1='%.2f' x2='%.2f' y1='%.2f' y2='%.2f'/>%n",
                    at, at, TOP, BOTTOM);
            text(at, BOTTOM + 20, "middle", x.label(tick));
        }
        for (double tick : y.ticks()) {
            double at = y.at(tick);
            add(
                    "<line class='tick' x1='%.2f' x2='%.2f' y1='%.2f' y2='%.2f'/>%n",
                    LEFT, RIGHT, at, at);
            text(LEFT - 8, at + 4, "end", y.label(tick));
        }
        text((LEFT + RIGHT) / 2, BOTTOM + 45, "middle", "share of the dense encoder's MACs kept");
        add(
                "<text transform='translate(18 %.2f) rotate(-90)' text-anchor='middle'>accuracy"
                        + " %%</text>%n",
                (TOP + BOTTOM) / 2);
    }

    private void dense() {
        double at = y.at(densePercent(ablation));
        add("<line class='dense' x1='%.2f' x2='%.2f' y1='%.2f' y2='%.2f'/>%n", LEFT, RIGHT, at, at);
        legend("dense", 0, "<line class='dense' x1='%.2f' x2='%.2f' y1='%.2f' y2='%.2f'/>%n");
    }

    /** The rows of each line, by its name in the legend. */
    private Map<String, List<AblationRow>> series() {
        Map<String, List<AblationRow>> series = new LinkedHashMap<>();
        for (AblationRow row : AblationRow.of(ablation.cells())) {
            String name = profiles.size() > 1 ? row.profile() + ", " + row.step() : row.step();
            series.computeIfAbsent(name, key -> new ArrayList<>()).add(row);
        }
        series.values()
                .forEach(
                        rows ->
                                rows.sort(
                                        Comparator.comparingDouble(
                                                row -> row.mean(Ablation.Cell::macs))));
        return series;
    }

    private void series(String name, List<AblationRow> rows, int entry) {
        int step = steps.indexOf(rows.get(0).step());
        int profile = profiles.indexOf(rows.get(0).profile());
        int colour = (profiles.size() > 1 ? profile : step) % ON_LIGHT.size();
        String look =
                format(
                        "class='series line%d' stroke-dasharray='%s'",
                        colour, DASHES.get(step % DASHES.size()));
        StringBuilder points = new StringBuilder();
        for (AblationRow row : rows) {
            points.append(
                    format(
                            "%.2f,%.2f ",
                            x.at(row.mean(Ablation.Cell::macs)),
                            y.at(row.mean(Ablation.Cell::percent))));
        }
        add("<polyline %s points='%s'/>%n", look, points.toString().strip());
        for (AblationRow row : rows) {
            for (Ablation.Cell cell : row.cells()) {
                dot(name, colour, cell);
            }
        }
        legend(name, entry, "<line " + look + " x1='%.2f' x2='%.2f' y1='%.2f' y2='%.2f'/>%n");
    }

    private void dot(String name, int colour, Ablation.Cell cell) {
        add(
                "<circle class='cell dot%d' cx='%.2f' cy='%.2f' r='3'><title>%s, %s, seed %d:"
                        + " %.2f %%, KL %.4f</title></circle>%n",
                colour,
                x.at(cell.macs()),
                y.at(cell.percent()),
                escape(name),
                escape(cell.budget()),
                cell.seed(),
                cell.percent(),
                cell.quality().divergence());
    }

    private void legend(String name, int entry, String line) {
        double at = TOP + 10 + entry * LINE_HEIGHT;
        add(line, LEGEND, LEGEND + 40, at, at);
        text(LEGEND + 50, at + 4, "start", name);
    }

    private void text(double left, double baseline, String anchor, String content) {
        add(
                "<text x='%.2f' y='%.2f' text-anchor='%s'>%s</text>%n",
                left, baseline, anchor, escape(content));
    }

    private void add(String pattern, Object... values) {
        svg.append(format(pattern, values));
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    /** Text as it may stand in an element or attribute of XML. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;")
                .replace("\"", "&quot;");
    }
}
