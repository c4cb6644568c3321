/** state.db: what must survive a restart and is no reading: the session, commands with their replies and jobs, feedback. */
@NullMarked
package dev.picket.agent.state;

import org.jspecify.annotations.NullMarked;
