/** The workshop: checkpoint to INT4 base, adapters, calibration, evaluation. */
@NullMarked
package dev.picket.models;

import org.jspecify.annotations.NullMarked;
