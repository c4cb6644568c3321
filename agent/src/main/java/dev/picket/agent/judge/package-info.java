/** Who answers texts now: the serving Set, switched while readings flow. */
@NullMarked
package dev.picket.agent.judge;

import org.jspecify.annotations.NullMarked;
