/** Figures of tasks on labelled texts, with what chance leaves open of them, and how they are shown. */
@NullMarked
package dev.picket.models.evaluation;

import org.jspecify.annotations.NullMarked;
