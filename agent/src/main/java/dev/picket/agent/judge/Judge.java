package dev.picket.agent.judge;

import dev.picket.inference.Classification;
import java.util.List;
import java.util.Set;

/** Answers texts with whatever Set serves now. */
public interface Judge {
    /** The tasks that are served now, by name; empty while no Set serves. */
    Set<String> tasks();

    /** The labels that the task may answer now; empty while it is not served. */
    List<String> labels(String task);

    /**
     * Classifies one text.
     *
     * @throws NotServingException when no Set, or none with this task, serves now: try again later
     * @throws JudgingFailedException when this text made the classifier fail: trying again will not help
     */
    Classification judge(String task, String text) throws NotServingException, JudgingFailedException;
}
