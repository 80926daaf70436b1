package io.espalier.cluster;

/**
 * How the processes log: to their standard output, which goes to a file. Flink's committers
 * register a metric anew at each checkpoint, and each time warn that it exists (FLINK-35321): not
 * logged.
 */
final class Logging {

    /** Settings of Log4j. */
    static final String TO_STANDARD_OUTPUT =
            """
            rootLogger.level = info
            rootLogger.appenderRef.console.ref = console
            appender.console.type = Console
            appender.console.name = console
            appender.console.layout.type = PatternLayout
            appender.console.layout.pattern = %d{HH:mm:ss.SSS} %-5p %c - %m%n
            logger.metrics.name = org.apache.flink.metrics.MetricGroup
            logger.metrics.level = error
            """;

    private Logging() {}
}
