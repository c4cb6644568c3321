package dev.picket.agent.update;

import dev.picket.agent.pulse.Pulse;
import java.time.Duration;

/** The time of a trial: a clock that no one sets, and waiting by it. */
interface Pace {
    Pace SYSTEM = new Pace() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration time) throws InterruptedException {
            Pulse.rest(time);
            Thread.sleep(time);
        }
    };

    /** Only differences mean something. */
    long nanos();

    void sleep(Duration time) throws InterruptedException;
}
