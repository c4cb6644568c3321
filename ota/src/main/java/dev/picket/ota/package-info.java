/** Signed updates: knows bytes and trust, not models. */
@NullMarked
package dev.picket.ota;

import org.jspecify.annotations.NullMarked;
