/** Requests from the fleet console: taken once, answered once, whatever is redelivered. */
@NullMarked
package dev.picket.agent.commands;

import org.jspecify.annotations.NullMarked;
