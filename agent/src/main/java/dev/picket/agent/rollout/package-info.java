/** Rollouts: the console's signed orders of a Set for a share of the gateways. */
@NullMarked
package dev.picket.agent.rollout;

import org.jspecify.annotations.NullMarked;
