/** The local page, health and metrics, on loopback. */
@NullMarked
package dev.picket.agent.http;

import org.jspecify.annotations.NullMarked;
