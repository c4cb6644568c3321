/** What a disk may do to the files: a cut of power, replayed from what a process wrote and synced. */
@NullMarked
package dev.picket.agent.disk;

import org.jspecify.annotations.NullMarked;
