/** The part of the configuration that the console has sent: what it may change, and how a change is kept or taken back. */
@NullMarked
package dev.picket.agent.overlay;

import org.jspecify.annotations.NullMarked;
