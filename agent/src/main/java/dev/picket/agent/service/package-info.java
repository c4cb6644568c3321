/** What the agent says to the service manager that keeps it. */
@NullMarked
package dev.picket.agent.service;

import org.jspecify.annotations.NullMarked;
