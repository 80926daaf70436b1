package io.espalier.testing;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.layout.PatternLayout;

import java.util.HashMap;
import java.util.Map;

/** Everything this JVM logs at DEBUG and above, stack traces included, until it is closed. */
public final class CapturedLog implements AutoCloseable {

    private final StringBuilder text = new StringBuilder();
    private final Map<LoggerConfig, Level> levels = new HashMap<>();
    private final LoggerContext context = (LoggerContext) LogManager.getContext(false);
    private final Collector collector = new Collector();

    /** Begins to capture. What is printed stays as it was. */
    public CapturedLog() {
        Configuration configuration = context.getConfiguration();
        collector.start();
        configuration
                .getLoggers()
                .values()
                .forEach(
                        logger -> {
                            Level level = logger.getLevel();
                            levels.put(logger, level);
                            logger.getAppenders()
                                    .keySet()
                                    .forEach(
                                            name -> {
                                                var appender = logger.getAppenders().get(name);
                                                logger.removeAppender(name);
                                                logger.addAppender(appender, level, null);
                                            });
                            logger.setLevel(Level.DEBUG);
                        });
        configuration.getRootLogger().addAppender(collector, Level.DEBUG, null);
        context.updateLoggers();
    }

    /** What was logged so far. */
    public String text() {
        synchronized (text) {
            return text.toString();
        }
    }

    @Override
    public void close() {
        Configuration configuration = context.getConfiguration();
        configuration.getRootLogger().removeAppender(collector.getName());
        levels.forEach(LoggerConfig::setLevel);
        context.updateLoggers();
        collector.stop();
    }

    private final class Collector extends AbstractAppender {

        private Collector() {
            super(
                    "captured",
                    null,
                    PatternLayout.newBuilder().withPattern("%p %c %m%n%ex").build(),
                    false,
                    Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            synchronized (text) {
                text.append(getLayout().toSerializable(event));
            }
        }
    }
}
