/** The rules of the whole house. */
@NullMarked
package io.espalier;

import org.jspecify.annotations.NullMarked;
