package io.espalier.system;

import io.espalier.system.Evidence.Announced;
import io.espalier.system.Evidence.Decided;
import io.espalier.system.Evidence.Fate;
import io.espalier.system.Evidence.Refused;
import io.espalier.system.Evidence.Reported;
import io.espalier.system.Evidence.Sent;
import io.espalier.system.Violation.Check;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds every promise that a run has broken, from its traces alone.
 *
 * <p>Shares no code with the job's operators: windows are formed anew from what was sent, and what
 * they come to is the {@link DecisionOracle}'s. Where the producer does not know whether the broker
 * has a record, some choice must explain the window.
 */
final class Checker {

    private static final double ROUNDING = 1e-9; // Of a share that is a quotient of two sums.
    private static final int MAX_UNKNOWN = 8; // In a window; 256 choices are tried.

    private final Evidence evidence;
    private final DecisionOracle oracle;
    private final List<Violation> violations = new ArrayList<>();

    private Checker(Evidence evidence, DecisionOracle oracle) {
        this.evidence = evidence;
        this.oracle = oracle;
    }

    /** All violations, in the order of the checks; none for a sound run. */
    static List<Violation> check(Evidence evidence, DecisionOracle oracle) {
        Checker checker = new Checker(evidence, oracle);
        checker.letters();
        checker.windows();
        checker.sequences();
        checker.violations.addAll(StatusCheck.of(evidence));
        checker.decisions();
        checker.violations.addAll(StoreCheck.of(evidence));
        checker.visibleOnce();
        return checker.violations.stream().sorted(Comparator.comparing(Violation::check)).toList();
    }

    private void require(boolean holds, Check check, String what) {
        if (!holds) {
            violations.add(new Violation(check, what));
        }
    }

    /** C1 and C2 of what must be refused. */
    private void letters() {
        Map<Refused, Integer> found = new HashMap<>();
        evidence.refused().forEach(letter -> found.merge(letter, 1, Integer::sum));
        Set<Refused> expected = new HashSet<>();
        Set<Long> stored = new HashSet<>();
        for (Sent sent : evidence.sent()) {
            stored.add(place(sent.partition(), sent.offset()));
            if (sent.refusedAt() != null && sent.fate() == Fate.OK) {
                Refused letter = new Refused(sent.partition(), sent.offset(), sent.refusedAt());
                expected.add(letter);
                int count = found.getOrDefault(letter, 0);
                require(
                        count == 1,
                        Check.C1,
                        "%s: %d dead letters, must be 1".formatted(sent, count));
            }
        }
        for (Refused letter : found.keySet()) {
            if (!expected.contains(letter)) {
                boolean sent = stored.contains(place(letter.partition(), letter.offset()));
                violations.add(
                        new Violation(
                                sent ? Check.C1 : Check.C2,
                                letter
                                        + (sent
                                                ? ": a dead letter of a good sample"
                                                : ": a dead letter of what was never sent")));
            }
        }
    }

    private static long place(int partition, long offset) {
        return ((long) partition << 48) | offset;
    }

    /** C1 to C4 of what must be counted. */
    private void windows() {
        for (Reported report : evidence.reports()) {
            Window window = window(report.windowEnd(), report.samples() + report.heldOut());
            long scored = window.scored().size();
            require(
                    report.samples() == scored,
                    report.samples() < scored ? Check.C1 : Check.C2,
                    "window %d of %s: %d samples counted, %d were sent"
                            .formatted(
                                    report.windowEnd(), report.budget(), report.samples(), scored));
        }
        SortedMap<Long, Set<String>> counts = new TreeMap<>();
        evidence.reports()
                .forEach(
                        report ->
                                counts.computeIfAbsent(report.windowEnd(), end -> new HashSet<>())
                                        .add("" + report.samples()));
        evidence.masks()
                .forEach(
                        mask ->
                                counts.computeIfAbsent(mask.windowEnd(), end -> new HashSet<>())
                                        .add("" + mask.samples()));
        counts.forEach(
                (end, said) ->
                        require(
                                said.size() == 1,
                                Check.C3,
                                "window %d: counts of %s samples".formatted(end, said)));
        for (Decided mask : evidence.masks()) {
            require(
                    explained(mask) != null,
                    Check.C4,
                    "%s: statistics %s are not those of the samples of window %d"
                            .formatted(mask.decision(), mask.statistics(), mask.windowEnd()));
        }
        Set<Long> reported =
                evidence.reports().stream().map(Reported::windowEnd).collect(Collectors.toSet());
        long last = reported.stream().mapToLong(Long::longValue).max().orElse(Long.MIN_VALUE);
        for (Sent sent : evidence.sent()) {
            if (sent.windowEnd() <= last && isGood(sent) && !reported.contains(sent.windowEnd())) {
                reported.add(sent.windowEnd());
                require(false, Check.C1, "window %d: no report".formatted(sent.windowEnd()));
            }
        }
    }

    private static boolean isGood(Sent sent) {
        return sent.fate() == Fate.OK && sent.refusedAt() == null;
    }

    /** Ids of a window's samples. */
    private record Window(List<String> scored) {}

    /** The window as far as it is known, with as many unknown samples as make up the count. */
    private Window window(long end, long count) {
        List<String> known = ids(end, Fate.OK);
        long missing = count - known.size();
        List<String> all = new ArrayList<>(known);
        ids(end, Fate.INFO).stream().limit(Math.max(0, missing)).forEach(all::add);
        return new Window(all.stream().filter(id -> !oracle.heldOut(id)).toList());
    }

    private List<String> ids(long end, Fate fate) {
        return evidence.sent().stream()
                .filter(sent -> sent.windowEnd() == end)
                .filter(sent -> sent.fate() == fate && sent.refusedAt() == null)
                .map(Sent::id)
                .toList();
    }

    /** The samples that a decision rests on; null if no choice of unknown ones explains it. */
    private @Nullable List<String> explained(Decided mask) {
        List<String> known =
                ids(mask.windowEnd(), Fate.OK).stream().filter(id -> !oracle.heldOut(id)).toList();
        List<String> unknown =
                ids(mask.windowEnd(), Fate.INFO).stream()
                        .filter(id -> !oracle.heldOut(id))
                        .toList();
        if (unknown.size() > MAX_UNKNOWN) {
            throw new IllegalStateException(
                    "window %d: %d samples of unknown fate; at most %d can be tried"
                            .formatted(mask.windowEnd(), unknown.size(), MAX_UNKNOWN));
        }
        for (int choice = 0; choice < 1 << unknown.size(); choice++) {
            List<String> ids = new ArrayList<>(known);
            for (int i = 0; i < unknown.size(); i++) {
                if ((choice >> i & 1) == 1) {
                    ids.add(unknown.get(i));
                }
            }
            if (ids.size() == mask.samples() && oracle.statistics(ids).equals(mask.statistics())) {
                return ids;
            }
        }
        return null;
    }

    /** C5. */
    private void sequences() {
        for (Map.Entry<String, List<Decided>> budget : byBudget().entrySet()) {
            for (int i = 0; i < budget.getValue().size(); i++) {
                Decided mask = budget.getValue().get(i);
                require(
                        mask.sequence() == i + 1,
                        Check.C5,
                        "%s: sequence %d of %s, must be %d"
                                .formatted(
                                        mask.decision(), mask.sequence(), budget.getKey(), i + 1));
            }
        }
    }

    private SortedMap<String, List<Decided>> byBudget() {
        return evidence.masks().stream()
                .sorted(Comparator.comparingLong(Decided::sequence))
                .collect(Collectors.groupingBy(Decided::budget, TreeMap::new, Collectors.toList()));
    }

    /** C6 and C8. */
    private void decisions() {
        Map<String, Reported> reports = new HashMap<>();
        evidence.reports().forEach(report -> reports.put(report.decision(), report));
        for (List<Decided> budget : byBudget().values()) {
            List<List<Integer>> live = null;
            for (Decided mask : budget) {
                List<String> ids = explained(mask);
                if (ids != null) {
                    decision(mask, ids, live, reports.get(mask.decision()));
                }
                live = mask.moves() ? mask.kept() : live;
            }
        }
    }

    private void decision(
            Decided mask,
            List<String> ids,
            @Nullable List<List<Integer>> live,
            @Nullable Reported report) {
        boolean retunes = report != null && Objects.equals(report.update(), "RE_TUNE");
        List<List<Integer>> expected = retunes ? live : oracle.best(ids, mask.budget());
        require(
                mask.kept().equals(expected),
                Check.C6,
                "%s (%s): keeps %s, the oracle %s"
                        .formatted(
                                mask.decision(),
                                retunes ? "the live structure" : "the best structure",
                                mask.kept(),
                                expected == null ? "none" : expected));
        double share = oracle.share(ids, mask.budget(), mask.kept());
        require(
                share <= mask.target() + ROUNDING
                        && mask.achieved() <= mask.target() + ROUNDING
                        && Math.abs(share - mask.achieved()) <= ROUNDING,
                Check.C8,
                "%s: needs a share of %s and says %s, %s is allowed"
                        .formatted(mask.decision(), share, mask.achieved(), mask.target()));
    }

    /** C10. */
    private void visibleOnce() {
        once("mask update", evidence.masks(), Decided::decision);
        once("announcement", evidence.models(), Announced::decision);
        once("report", evidence.reports(), Reported::decision);
    }

    private <T> void once(String kind, List<T> records, Function<T, String> decision) {
        List<String> ids = records.stream().map(decision).toList();
        for (String id : new HashSet<>(ids)) {
            int seen = Collections.frequency(ids, id);
            require(seen == 1, Check.C10, "%s of %s is visible %d times".formatted(kind, id, seen));
        }
    }
}
