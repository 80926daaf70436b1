/** Programs of users, as the documentation shows them. */
@NullMarked
package io.espalier.example;

import org.jspecify.annotations.NullMarked;
