/** Tests of the cluster's settings. */
@NullMarked
package io.espalier.cluster;

import org.jspecify.annotations.NullMarked;
