/** The agent's entry point and wiring. */
@NullMarked
package dev.picket.agent;

import org.jspecify.annotations.NullMarked;
