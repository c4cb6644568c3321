/** The publisher's side: keys, releases, signed metadata, a plain tree of files. */
@NullMarked
package dev.picket.ota.repository;

import org.jspecify.annotations.NullMarked;
