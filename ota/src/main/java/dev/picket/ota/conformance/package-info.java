/** The TUF client behind the command line of the TUF project's conformance suite. */
@NullMarked
package dev.picket.ota.conformance;

import org.jspecify.annotations.NullMarked;
