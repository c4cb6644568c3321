/** Sources of readings. Knows files and streams; knows nothing of what is done with a reading. */
@NullMarked
package dev.picket.sensors;

import org.jspecify.annotations.NullMarked;
