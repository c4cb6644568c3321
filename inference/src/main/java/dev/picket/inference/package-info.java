/** Text in, calibrated classification out. */
@NullMarked
package dev.picket.inference;

import org.jspecify.annotations.NullMarked;
