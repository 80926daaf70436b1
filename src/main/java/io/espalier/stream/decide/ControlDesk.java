package io.espalier.stream.decide;

import io.espalier.artifact.LivePointer;
import io.espalier.config.ConfigException;
import io.espalier.config.EspalierOptions;
import io.espalier.config.PromotionMode;
import io.espalier.cost.Budget;
import io.espalier.cost.CostMetric;
import io.espalier.stream.type.BudgetMemory;
import io.espalier.stream.type.ControlState;
import io.espalier.stream.type.DecisionMemory;
import io.espalier.stream.type.LiveModel;
import io.espalier.wire.ControlAction;
import io.espalier.wire.ControlCommand;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Obeys commands, or refuses them with what would be allowed: a pure function of the command and of
 * what is remembered.
 *
 * @param plan as configured
 * @param model id of the model
 */
record ControlDesk(DecisionPlan plan, String model) {

    private static final String BUDGETS = "budgets";
    private static final String VERSION = "version";
    private static final int MAX_ID = 64;
    private static final String SHADOW =
            EspalierOptions.PROMOTION_MODE.key()
                    + " is shadow: what passed counts as live in decisions, nothing is for readers";

    /**
     * The answer to a command.
     *
     * @param accepted whether it is obeyed
     * @param reason what it changes, or why it does not
     * @param control to be remembered
     * @param memory to be remembered
     * @param live what is to be named live at once
     */
    record Answer(
            boolean accepted,
            String reason,
            ControlState control,
            DecisionMemory memory,
            List<LivePointer> live) {}

    /** What a command that is not obeyed is answered with. */
    private static final class Refusal extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Refusal(String message) {
            super(message);
        }
    }

    /** Obeys or refuses. */
    Answer answer(ControlCommand command, ControlState control, DecisionMemory memory) {
        try {
            requireValid(command, control);
            Answer done = obey(command, control, memory);
            return new Answer(
                    true,
                    done.reason(),
                    done.control().obeyed(command.getId()),
                    done.memory(),
                    done.live());
        } catch (Refusal | ConfigException e) {
            return new Answer(false, String.valueOf(e.getMessage()), control, memory, List.of());
        }
    }

    private static void requireValid(ControlCommand command, ControlState control) {
        String id = command.getId();
        if (!id.matches("[!-~]{1," + MAX_ID + "}")) {
            throw new Refusal(
                    "id of "
                            + id.length()
                            + " characters; needs 1 to "
                            + MAX_ID
                            + " visible ASCII characters");
        }
        if (control.obeyed().contains(id)) {
            throw new Refusal("a command of this id was obeyed already");
        }
        Set<String> known =
                switch (command.getAction()) {
                    case SET_BUDGETS -> Set.of(BUDGETS);
                    case PIN, ROLLBACK -> Set.of(VERSION);
                    default -> Set.of();
                };
        Set<String> given = command.getArguments().keySet();
        boolean thresholds = command.getAction() == ControlAction.SET_THRESHOLDS;
        if (thresholds ? given.isEmpty() : !given.equals(known)) {
            throw new Refusal(
                    command.getAction()
                            + (thresholds
                                    ? " takes arguments named like thresholds"
                                    : known.isEmpty()
                                            ? " takes no arguments"
                                            : " takes the argument "
                                                    + String.join(", ", known)
                                                    + "=...")
                            + ", given are "
                            + given);
        }
    }

    private Answer obey(ControlCommand command, ControlState control, DecisionMemory memory) {
        Map<String, String> arguments = command.getArguments();
        return switch (command.getAction()) {
            case SET_BUDGETS -> {
                List<String> budgets = budgets(arguments.getOrDefault(BUDGETS, ""));
                yield new Answer(
                        true,
                        "budgets are " + budgets + " from the next window's end on",
                        control.budgets(budgets),
                        memory,
                        List.of());
            }
            case SET_THRESHOLDS -> {
                ControlState changed = control.thresholds(arguments);
                plan.thresholds().with(changed.thresholds()); // Refuses what is none.
                yield new Answer(
                        true,
                        "thresholds replaced so far: " + changed.thresholds(),
                        changed,
                        memory,
                        List.of());
            }
            case FORCE -> {
                if (control.paused()) {
                    throw new Refusal("decisions are paused; RESUME first");
                }
                SortedSet<String> forced = new TreeSet<>(control.forced());
                forced.addAll(meant(command, control));
                yield new Answer(
                        true,
                        "decides " + forced + " at the next window's end",
                        control.forced(forced),
                        memory,
                        List.of());
            }
            case PAUSE ->
                    new Answer(true, "decides nothing", control.paused(true), memory, List.of());
            case RESUME ->
                    new Answer(true, "decides again", control.paused(false), memory, List.of());
            case PIN -> move(command, control, memory, true);
            case ROLLBACK -> move(command, control, memory, false);
            case UNPIN -> {
                DecisionMemory now = memory;
                for (String budget : meant(command, control)) {
                    now = now.with(budget, now.of(budget).unpinned());
                }
                yield new Answer(true, "nothing is pinned", control, now, List.of());
            }
        };
    }

    /** Makes a version live that is or was so. */
    private Answer move(
            ControlCommand command, ControlState control, DecisionMemory memory, boolean pin) {
        boolean shadow = plan.promotion() == PromotionMode.SHADOW;
        String version = command.getArguments().getOrDefault(VERSION, "");
        List<String> known = new ArrayList<>();
        for (String budget : meant(command, control)) {
            BudgetMemory own = memory.of(budget);
            LiveModel live = own.live();
            if (live != null) {
                known.add(live.version());
            }
            own.earlier().forEach(model -> known.add(model.version()));
            LiveModel to = own.find(version).orElse(null);
            if (to != null) {
                BudgetMemory moved = own.moved(to, pin || own.pinned());
                List<LivePointer> pointers =
                        !shadow
                                ? List.of(
                                        new LivePointer(
                                                model,
                                                budget,
                                                moved.moves(),
                                                version,
                                                to.staged().manifestDigest()))
                                : List.of();
                return new Answer(
                        true,
                        version
                                + " is live"
                                + (pin ? " and pinned" : "")
                                + (shadow ? "; " + SHADOW : ""),
                        control,
                        memory.with(budget, moved),
                        pointers);
            }
        }
        throw new Refusal(
                "version '"
                        + version
                        + "' is not and was not live; "
                        + (known.isEmpty() ? "none was so far" : "those that were: " + known)
                        + (shadow ? "; " + SHADOW : ""));
    }

    private List<String> budgets(String text) {
        List<Budget> budgets;
        try {
            budgets = Budget.parseAll(List.of(text.split(",", -1)));
        } catch (IllegalArgumentException e) {
            throw new Refusal(String.valueOf(e.getMessage()));
        }
        if (plan.costs().latency() == null
                && budgets.stream().anyMatch(b -> b.metric() == CostMetric.LATENCY)) {
            throw new Refusal(
                    "'" + text + "' counts latency, but the job was started without a table");
        }
        try {
            plan.costs().requireAll(budgets);
        } catch (IllegalArgumentException e) {
            throw new Refusal(String.valueOf(e.getMessage()));
        }
        return budgets.stream().map(Budget::toString).distinct().toList();
    }

    /** The budgets that a command is for. */
    private List<String> meant(ControlCommand command, ControlState control) {
        List<String> all = inForce(control).stream().map(Budget::toString).toList();
        String one = command.getBudget();
        if (one == null) {
            return all;
        }
        if (!all.contains(one)) {
            throw new Refusal("budget '" + one + "' is none of " + all);
        }
        return List.of(one);
    }

    /** The budgets in force. */
    List<Budget> inForce(ControlState control) {
        return control.budgets().isEmpty() ? plan.budgets() : Budget.parseAll(control.budgets());
    }
}
