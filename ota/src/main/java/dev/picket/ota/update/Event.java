package dev.picket.ota.update;

/** What moves an update from one step to the next. */
enum Event {
    /** Signed metadata name a Set that is not installed. */
    OFFERED,
    /** They name it no longer, or an order of another Set goes first; nothing failed, and it may be offered again. */
    WITHDRAWN,
    FETCHED,
    LINKED,
    EXAM_BEGUN,
    EXAM_PASSED,
    /** Too little was seen in the shadow: it goes on at the next poll. */
    SHADOW_HELD,
    SHADOW_DONE,
    SWITCH_DONE,
    PROBATION_PASSED,
    /** Anything failed for good, or the process died in the step too often. */
    FAILED,
    /** People want the candidate no longer. */
    STOPPED,
    /** The Set before is to run again, though nothing failed. */
    ORDERED_BACK,
    /** What is no longer needed is gone from the disk. */
    CLEANED
}
