/** The Update Framework, specification 1.0.34: rules without input or output, and a client beside them. */
@NullMarked
package dev.picket.ota.tuf;

import org.jspecify.annotations.NullMarked;
