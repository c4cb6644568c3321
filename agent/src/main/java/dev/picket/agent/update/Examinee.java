package dev.picket.agent.update;

import dev.picket.ota.RejectedException;

/** A Set that answers an exam, in this process or in one of its own. */
interface Examinee {
    /**
     * Answers one row, by the task's own base alone.
     *
     * @throws RejectedException EXAM_FAILED when it cannot, or not in time
     */
    Answer answer(String task, String text) throws RejectedException, InterruptedException;

    /** The same Set as sources ask it: a task's first stage before its base, where it has one. */
    default Examinee asServed() {
        return this;
    }

    /** Nothing was asked of it for so long, which its own deadline must not count. */
    default void rested(long nanos) {}
}
