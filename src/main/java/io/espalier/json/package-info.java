/** JSON that comes out the same on every machine and goes in only as it came out. */
@NullMarked
package io.espalier.json;

import org.jspecify.annotations.NullMarked;
