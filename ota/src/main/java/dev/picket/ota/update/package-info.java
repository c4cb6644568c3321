/** The update, step by step, over crashes. */
@NullMarked
package dev.picket.ota.update;

import org.jspecify.annotations.NullMarked;
