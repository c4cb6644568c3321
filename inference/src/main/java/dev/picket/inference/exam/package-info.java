/** What a task is examined on, and the figures of merit. */
@NullMarked
package dev.picket.inference.exam;

import org.jspecify.annotations.NullMarked;
