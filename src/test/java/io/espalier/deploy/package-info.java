/** The files that others deploy with, held against the build, the options and each other. */
@NullMarked
package io.espalier.deploy;

import org.jspecify.annotations.NullMarked;
