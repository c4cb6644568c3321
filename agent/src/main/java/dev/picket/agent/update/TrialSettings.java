package dev.picket.agent.update;

import dev.picket.agent.config.TrialConfig;
import dev.picket.inference.engine.EngineOptions;
import java.nio.file.Path;

/**
 * How a Set is tried here.
 *
 * @param config the gateway's own gates
 * @param scratch a folder that only the process of an exam uses
 * @param room whether two bases fit into memory
 */
record TrialSettings(EngineOptions engine, TrialConfig config, Path scratch, Room room) {}
