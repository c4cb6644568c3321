/** Whether what a task sees has changed: pure statistics over distinct texts; no files, no clock, no threads. */
@NullMarked
package dev.picket.inference.drift;

import org.jspecify.annotations.NullMarked;
