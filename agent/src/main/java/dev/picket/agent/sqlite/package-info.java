/** How the agent opens its SQLite files: one way for both. */
@NullMarked
package dev.picket.agent.sqlite;

import org.jspecify.annotations.NullMarked;
