/** What a person who helps from afar needs to see of an agent, without secrets and without texts. */
@NullMarked
package dev.picket.agent.support;

import org.jspecify.annotations.NullMarked;
