package dev.picket.agent.config;

import java.nio.file.Path;

/**
 * Where the agent keeps its files.
 *
 * @param directory journal, state and models; survives restarts
 * @param runtime the command line's token; gone after a restart of the machine
 */
public record DataConfig(
        @Default("/var/lib/picket") Path directory,
        @Default("/run/picket") Path runtime) {}
