/** The uplink: one connection to the broker, and the loop that drains the journal over it. */
@NullMarked
package dev.picket.agent.uplink;

import org.jspecify.annotations.NullMarked;
