package dev.picket.agent.journal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A machine whose time passes, whose clock jumps and which is rebooted when told so. */
public final class FakeUptime implements Uptime {
    private final FakeClock clock = new FakeClock();
    private int boot = 1;
    private long millis = 1_000;
    private boolean synchronised;
    private Instant wall = Instant.parse("2026-11-20T10:00:01Z");

    @Override
    public Moment now() {
        return new Moment("boot" + boot, millis, synchronised);
    }

    /** What its clock says. */
    public Clock clock() {
        return clock;
    }

    public void pass(Duration time) {
        millis += time.toMillis();
        wall = wall.plus(time);
    }

    public void setClock(Instant now) {
        wall = now;
    }

    public void synchronise(boolean now) {
        synchronised = now;
    }

    /** Off for that long by true time; a clock without a battery keeps what it showed. */
    public void reboot(Duration off, boolean clockRuns) {
        boot++;
        millis = 1_000;
        wall = clockRuns ? wall.plus(off) : wall;
    }

    private final class FakeClock extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return wall;
        }
    }
}
