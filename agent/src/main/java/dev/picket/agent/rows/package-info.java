/** The journal's rows as people take them away: chosen, a page at a time, as JSON. */
@NullMarked
package dev.picket.agent.rows;

import org.jspecify.annotations.NullMarked;
