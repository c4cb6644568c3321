package dev.picket.agent.update;

import java.util.concurrent.atomic.LongAdder;

/** What became of the texts since the last switch: counted, never kept. */
final class Watch {
    private final LongAdder texts = new LongAdder();
    private final LongAdder failures = new LongAdder();

    void answered() {
        texts.increment();
    }

    void failed() {
        texts.increment();
        failures.increment();
    }

    long texts() {
        return texts.sum();
    }

    long failures() {
        return failures.sum();
    }
}
