package io.espalier.drift;

/**
 * The drift level with what its hysteresis remembers. Immutable.
 *
 * @param level after the last window
 * @param above windows in a row whose distance was above the floor
 * @param below windows in a row whose distance was clearly below it
 */
public record DriftState(DriftLevel level, int above, int below) {

    /** Share of the floor below which a window counts as calm. */
    public static final double CALM = 0.8;

    /** Calm windows in a row that end a warning or a drift. */
    public static final int CALM_WINDOWS = 2;

    /** Before the first window, and after a new baseline. */
    public static final DriftState INITIAL = new DriftState(DriftLevel.LEARNING, 0, 0);

    /**
     * The state after one more window.
     *
     * @param ratio distance to the baseline over the noise floor; NaN if either is not known
     * @param driftWindows windows in a row above the floor that are a drift, at least 1
     */
    public DriftState next(double ratio, int driftWindows) {
        if (Double.isNaN(ratio)) {
            return INITIAL;
        }
        int nowAbove = ratio > 1 ? above + 1 : 0;
        int nowBelow = ratio < CALM ? below + 1 : 0;
        return new DriftState(level(nowAbove, nowBelow, driftWindows), nowAbove, nowBelow);
    }

    private DriftLevel level(int nowAbove, int nowBelow, int driftWindows) {
        if (nowAbove >= driftWindows) {
            return DriftLevel.DRIFT;
        }
        boolean raised = level == DriftLevel.WARNING || level == DriftLevel.DRIFT;
        if (raised && nowBelow < CALM_WINDOWS) {
            return level;
        }
        return nowAbove > 0 ? DriftLevel.WARNING : DriftLevel.NORMAL;
    }
}
