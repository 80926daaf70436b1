/**
 * A whole cluster on one machine, for development and tests: broker, JobManager and TaskManagers,
 * each in a JVM of its own on the loopback interface. May know Kafka's admin client and Jackson; it
 * knows nothing of the job.
 */
@NullMarked
package io.espalier.cluster;

import org.jspecify.annotations.NullMarked;
