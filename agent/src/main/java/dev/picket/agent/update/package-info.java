/** The update flow on the gateway: the loop that asks, and the trial that a Set must pass before it counts. */
@NullMarked
package dev.picket.agent.update;

import org.jspecify.annotations.NullMarked;
