/** The demo with its own broker; never packaged. */
@NullMarked
package dev.picket.demo;

import org.jspecify.annotations.NullMarked;
