/** What the agent says of itself: to the page, the command line, the fleet. */
@NullMarked
package dev.picket.agent.status;

import org.jspecify.annotations.NullMarked;
