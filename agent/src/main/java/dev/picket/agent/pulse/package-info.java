/** Whether the loops make progress. */
@NullMarked
package dev.picket.agent.pulse;

import org.jspecify.annotations.NullMarked;
