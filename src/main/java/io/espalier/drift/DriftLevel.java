package io.espalier.drift;

/** How alarming a window is. */
public enum DriftLevel {
    /** Within what chance does. */
    NORMAL,
    /** One window above the noise floor, or a drift that is not over for sure. */
    WARNING,
    /** Several windows in a row above the noise floor. */
    DRIFT,
    /** The noise floor is not known yet, or there is no baseline to compare with. */
    LEARNING
}
