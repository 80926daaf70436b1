/** Tests on a broker and a Flink cluster whose processes are JVMs of their own, and are killed. */
@NullMarked
package io.espalier.system;

import org.jspecify.annotations.NullMarked;
