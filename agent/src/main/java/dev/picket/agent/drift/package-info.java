/** Whether what the tasks see has changed: fed with what is committed, kept in one file, told to whoever asks. */
@NullMarked
package dev.picket.agent.drift;

import org.jspecify.annotations.NullMarked;
