package io.espalier.client;

import java.lang.System.Logger.Level;

/**
 * The listener of those who name none: a line to the platform's logger {@code io.espalier.client}.
 */
final class LoggingListener implements Listener {

    private static final System.Logger LOG = System.getLogger("io.espalier.client");

    @Override
    public void swapped(Swap swap) {
        LOG.log(Level.INFO, "now serving {0}{1}", swap.to(), insteadOf(swap));
    }

    @Override
    public void rolledBack(Swap swap) {
        LOG.log(Level.WARNING, "back to serving {0}{1}", swap.to(), insteadOf(swap));
    }

    private static String insteadOf(Swap swap) {
        String checked = ", self-check of " + swap.selfChecks() + " inputs";
        return (swap.from() == null ? "" : " instead of " + swap.from()) + checked;
    }

    @Override
    public void refused(ModelVersion version, Throwable why) {
        LOG.log(Level.WARNING, "refused " + version + ": " + why);
    }

    @Override
    public void retired(ModelVersion version) {
        LOG.log(Level.DEBUG, "closed {0}", version);
    }

    @Override
    public void troubled(Throwable why) {
        LOG.log(Level.WARNING, "announcements cannot be read: " + why);
    }
}
