/** Bytes from a repository: a folder or a web server, within limits. */
@NullMarked
package dev.picket.ota.fetch;

import org.jspecify.annotations.NullMarked;
