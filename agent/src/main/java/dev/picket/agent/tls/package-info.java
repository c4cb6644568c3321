@NullMarked
package dev.picket.agent.tls;

import org.jspecify.annotations.NullMarked;
