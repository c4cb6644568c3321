/** Files by SHA-256, and Sets as folders of links to them. */
@NullMarked
package dev.picket.ota.store;

import org.jspecify.annotations.NullMarked;
