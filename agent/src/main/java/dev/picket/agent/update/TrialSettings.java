package dev.picket.agent.update;

import dev.picket.agent.config.TrialConfig;
import dev.picket.inference.engine.EngineOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a Set is tried here.
 *
 * @param engine 0 runs or threads are chosen for each base
 * @param config the gateway's own gates
 * @param scratch a folder that only the process of an exam uses
 * @param room whether two bases fit into memory
 */
record TrialSettings(EngineOptions engine, TrialConfig config, Path scratch, Room room) {
    /** With the threads of what serves, so that an exam's latencies can be compared; one where none serves. */
    TrialSettings beside(@Nullable LoadedSet serving) {
        int threads = serving == null
                ? Math.max(1, engine.threadsPerRun())
                : serving.schedule().threadsPerRun();
        EngineOptions one = new EngineOptions(
                1, threads, engine.prefixCacheBytes(), engine.maxAdapterRank(), engine.providers(), engine.deadline());
        return new TrialSettings(one, config, scratch, room);
    }
}
