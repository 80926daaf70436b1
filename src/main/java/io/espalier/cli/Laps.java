package io.espalier.cli;

import java.util.ArrayList;
import java.util.List;

/** A stopwatch for stages that follow one another; it runs from the start. */
final class Laps {

    private final List<PruningCosts.Stage> stages = new ArrayList<>();
    private long begin = System.nanoTime();

    /** Ends a stage. */
    void lap(String name) {
        long now = System.nanoTime();
        stages.add(new PruningCosts.Stage(name, (now - begin) * 1e-9));
        begin = System.nanoTime();
    }

    /** Adds a stage that was timed elsewhere. */
    void add(PruningCosts.Stage stage) {
        stages.add(stage);
    }

    /** The stages so far. */
    List<PruningCosts.Stage> stages() {
        return List.copyOf(stages);
    }
}
