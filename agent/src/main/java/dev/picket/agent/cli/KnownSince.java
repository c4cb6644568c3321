package dev.picket.agent.cli;

import dev.picket.inference.codec.TaskManifest;
import dev.picket.ota.release.Versions;

/**
 * Since which agent something in a task is known. An older one would find a key in task.json that it does not know, after it
 * had fetched the Set, or would not see the Set's first stage; by the version it refuses before that, in a sentence.
 */
final class KnownSince {
    /** {@code cascade} in task.json and {@code firstStage} in a Set. */
    static final String CASCADE = "0.1.0";

    private KnownSince() {}

    /** The oldest agent that can run the task: what the publisher says, or a newer one that the task needs. */
    static String atLeast(String wanted, TaskManifest task) {
        return task.cascade() != null && Versions.compare(wanted, CASCADE) < 0 ? CASCADE : wanted;
    }
}
