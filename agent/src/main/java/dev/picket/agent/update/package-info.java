/** The update flow on the device: poll, examine, switch, watch. */
@NullMarked
package dev.picket.agent.update;

import org.jspecify.annotations.NullMarked;
