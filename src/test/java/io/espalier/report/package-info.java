/** Tests of {@link io.espalier.report}, and reports to test with. */
@NullMarked
package io.espalier.report;

import org.jspecify.annotations.NullMarked;
