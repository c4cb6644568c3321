/** A network between two programs of a test, and what goes wrong on it. */
@NullMarked
package dev.picket.agent.line;

import org.jspecify.annotations.NullMarked;
