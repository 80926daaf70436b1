/** Solvers and kernels of linear algebra. May know Commons Math and a BLAS/LAPACK library only. */
@NullMarked
package io.espalier.linalg;

import org.jspecify.annotations.NullMarked;
