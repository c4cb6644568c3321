/** The other side of the wire: what a person's console sends to gateways and hears from them. */
@NullMarked
package dev.picket.agent.console;

import org.jspecify.annotations.NullMarked;
