/** JSON from outside, read strictly and within limits; canonical JSON. */
@NullMarked
package dev.picket.ota.json;

import org.jspecify.annotations.NullMarked;
