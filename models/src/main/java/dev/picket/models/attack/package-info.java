/** What texts that were tampered with do to a task. */
@NullMarked
package dev.picket.models.attack;

import org.jspecify.annotations.NullMarked;
