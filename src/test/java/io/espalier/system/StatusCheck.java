package io.espalier.system;

import io.espalier.system.Evidence.Decided;
import io.espalier.system.Evidence.Reported;
import io.espalier.system.Violation.Check;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * C5 of what reports say: that a window published just if there is a mask of it, what became of the
 * candidate, and which version is live then. For runs that nobody commands.
 */
final class StatusCheck {

    private static final Set<String> PUBLISHED = Set.of("PROMOTED", "CANDIDATE", "REJECTED");

    private final Evidence evidence;
    private final Map<String, Decided> masks = new HashMap<>();
    private final List<Violation> violations = new ArrayList<>();

    private StatusCheck(Evidence evidence) {
        this.evidence = evidence;
        evidence.masks().forEach(mask -> masks.put(mask.decision(), mask));
    }

    static List<Violation> of(Evidence evidence) {
        StatusCheck check = new StatusCheck(evidence);
        check.reports();
        Set<String> reported = new HashSet<>();
        evidence.reports().forEach(report -> reported.add(report.decision()));
        for (Decided mask : evidence.masks()) {
            check.require(
                    reported.contains(mask.decision()),
                    "%s: a mask without a report".formatted(mask.decision()));
        }
        return check.violations;
    }

    private void require(boolean holds, String what) {
        if (!holds) {
            violations.add(new Violation(Check.C5, what));
        }
    }

    private void reports() {
        Map<String, String> live = new HashMap<>(); // By budget.
        Set<String> seen = new HashSet<>();
        List<Reported> inOrder =
                evidence.reports().stream()
                        .sorted(Comparator.comparingLong(Reported::windowEnd))
                        .toList();
        for (Reported report : inOrder) {
            if (!seen.add(report.decision())) {
                continue; // Another check's.
            }
            Decided mask = masks.get(report.decision());
            agreement(report, mask);
            if (mask != null && mask.moves()) {
                live.put(report.budget(), mask.version());
            }
            String expected = live.get(report.budget());
            require(
                    Objects.equals(report.live(), expected),
                    "%s: says that %s is live, must be %s"
                            .formatted(report.decision(), report.live(), expected));
        }
    }

    private void agreement(Reported report, @Nullable Decided mask) {
        boolean published = PUBLISHED.contains(report.outcome());
        require(
                published == (mask != null) && published == (report.version() != null),
                "%s: %s, version %s, and %s mask"
                        .formatted(
                                report.decision(),
                                report.outcome(),
                                report.version(),
                                mask == null ? "no" : "a"));
        String name = mask == null ? "-window-" + report.windowEnd() : "/" + mask.version();
        require(
                report.decision().startsWith(evidence.model() + "/")
                        && report.decision().endsWith(name),
                "%s: is no name for what ends in %s".formatted(report.decision(), name));
        if (mask != null) {
            require(
                    mask.status().equalsIgnoreCase(report.outcome())
                            && mask.version().equals(report.version())
                            && mask.windowEnd() == report.windowEnd(),
                    "%s: the mask is %s, %s of window %d, the report %s, %s of window %d"
                            .formatted(
                                    report.decision(),
                                    mask.status(),
                                    mask.version(),
                                    mask.windowEnd(),
                                    report.outcome(),
                                    report.version(),
                                    report.windowEnd()));
        }
    }
}
