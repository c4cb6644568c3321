package dev.picket.agent.update;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.Schedule;
import dev.picket.inference.engine.Scheduling;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongPredicate;

/**
 * How texts of each base share this machine, measured once for each: a base that is loaded again runs as it did, so that
 * its latency can be compared. Only for the updates' thread.
 */
final class Schedules {
    private static final int KEPT = 8;

    private final EngineOptions wanted;
    private final Scheduling scheduling;
    private final LongPredicate room;
    /** The base that was asked for last stays longest: that of a Set outlives the one of its first stage coming. */
    private final Map<String, Schedule> byBase = new LinkedHashMap<>(2 * KEPT, 0.75f, true);

    /**
     * @param wanted what the configuration says; 0 runs or threads are chosen here
     * @param room whether so many bytes of bases' files fit into memory beside what is there: measuring loads a base several
     *     times
     */
    Schedules(EngineOptions wanted, Scheduling scheduling, LongPredicate room) {
        this.wanted = wanted;
        this.scheduling = scheduling;
        this.room = room;
    }

    EngineOptions wanted() {
        return wanted;
    }

    /** That of a base that was loaded with it. */
    Schedule known(String base) {
        return Objects.requireNonNull(byBase.get(base), "the base's schedule was chosen before it was loaded");
    }

    Schedule of(BaseFolder base) throws BadArtefactException, IOException {
        Schedule known = byBase.get(base.digest());
        if (known != null) {
            return known;
        }
        Schedule chosen = scheduling.choose(base, wanted, room);
        byBase.put(base.digest(), chosen);
        if (byBase.size() > KEPT) {
            byBase.remove(byBase.keySet().iterator().next());
        }
        return chosen;
    }
}
