package dev.picket.agent.read;

import dev.picket.agent.journal.Outcome;
import dev.picket.inference.drift.Observation;
import java.util.List;

/**
 * A reading with all its outcomes, one for each task.
 *
 * @param seen what the drift watch is to count once the outcomes are on disk
 */
record Judged(Item item, List<Outcome> outcomes, List<Observation> seen) {}
