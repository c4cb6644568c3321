package dev.picket.agent.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.Schedule;
import dev.picket.inference.engine.Scheduling;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchedulesTest {
    /** Two candidates: two runs of one thread, one of two. */
    private static final Scheduling TWO = new Scheduling(2, Duration.ofMillis(20), 1, 10, 1L << 30);

    @TempDir
    Path folder;

    @Test
    void aBaseIsMeasuredOnlyWhereAllThatItLoadsForThatFitsIntoMemory() throws Exception {
        BaseFolder base = BaseFolder.read(new SetOnDisk(folder).write(1).base());
        long bytes = base.manifest().files().stream()
                .mapToLong(file -> file.length())
                .sum();
        assertThat(origin(base, new Room(() -> 2 * 2 * bytes, 0, 2))).isEqualTo(Schedule.Origin.MEASURED);
        assertThat(origin(base, new Room(() -> 2 * 2 * bytes - 1, 0, 2))).isEqualTo(Schedule.Origin.RULE);
    }

    @Test
    void theBaseOfTheSetStaysKnownHoweverManyFirstStagesCameAfterIt() throws Exception {
        BaseFolder base = BaseFolder.read(new SetOnDisk(folder).write(1).base());
        AtomicInteger chosen = new AtomicInteger();
        Schedules schedules = new Schedules(new EngineOptions(0, 0, 1 << 20, 64), TWO, _ -> {
            chosen.incrementAndGet();
            return false;
        });
        schedules.of(base);
        for (int i = 0; i < 20; i++) {
            schedules.of(new BaseFolder(base.folder(), base.manifest(), "first stage " + i));
            schedules.of(base);
        }
        assertThat(chosen).hasValue(21);
        assertThat(schedules.known(base.digest()).origin()).isEqualTo(Schedule.Origin.RULE);
        schedules.of(new BaseFolder(base.folder(), base.manifest(), "first stage 0"));
        assertThat(chosen).as("the oldest made room").hasValue(22);
    }

    private static Schedule.Origin origin(BaseFolder base, Room room) throws Exception {
        return new Schedules(new EngineOptions(0, 0, 1 << 20, 64), TWO, room::fits)
                .of(base)
                .origin();
    }
}
