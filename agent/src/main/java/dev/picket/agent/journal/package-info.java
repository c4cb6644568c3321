/** The journal: verdicts and source positions in one SQLite file, kept until the fleet has them. */
@NullMarked
package dev.picket.agent.journal;

import org.jspecify.annotations.NullMarked;
