/** Tests of the configuration and of its docs. */
@NullMarked
package io.espalier.config;

import org.jspecify.annotations.NullMarked;
