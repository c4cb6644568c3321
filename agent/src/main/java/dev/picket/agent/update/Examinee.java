package dev.picket.agent.update;

import dev.picket.ota.RejectedException;

/** A Set that answers an exam, in this process or in one of its own. */
interface Examinee {
    /**
     * Answers one row.
     *
     * @throws RejectedException EXAM_FAILED when it cannot, or not in time
     */
    Answer answer(String task, String text) throws RejectedException, InterruptedException;

    /** Nothing was asked of it for so long, which its own deadline must not count. */
    default void rested(long nanos) {}
}
