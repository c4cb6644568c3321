package dev.picket.agent.read;

import dev.picket.agent.journal.Outcome;
import java.util.List;

/** A reading with all its outcomes, one for each task. */
record Judged(Item item, List<Outcome> outcomes) {}
