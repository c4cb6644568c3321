/** Makes a task: adapter and head out of a PEFT folder, calibration, exam, evaluation. */
@NullMarked
package dev.picket.models.task;

import org.jspecify.annotations.NullMarked;
