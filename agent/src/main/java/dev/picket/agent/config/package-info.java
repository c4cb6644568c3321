/** The configuration: one record per section, strict about keys, all faults told at once. */
@NullMarked
package dev.picket.agent.config;

import org.jspecify.annotations.NullMarked;
