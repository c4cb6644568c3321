/** The benchmarks of {@code picket bench}: what we do beside the least that would do, in turns in one process. */
@NullMarked
package dev.picket.agent.bench;

import org.jspecify.annotations.NullMarked;
