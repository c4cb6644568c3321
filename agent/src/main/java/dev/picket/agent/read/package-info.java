/** The read flow: source to queue to judge to journal. */
@NullMarked
package dev.picket.agent.read;

import org.jspecify.annotations.NullMarked;
