/** The command line: one class a command. */
@NullMarked
package dev.picket.agent.cli;

import org.jspecify.annotations.NullMarked;
