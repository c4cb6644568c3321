/** state.db: what must survive a restart and is no reading: the session counter and the commands with their replies. */
@NullMarked
package dev.picket.agent.state;

import org.jspecify.annotations.NullMarked;
