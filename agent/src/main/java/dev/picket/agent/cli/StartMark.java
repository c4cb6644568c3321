package dev.picket.agent.cli;

import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mark that the launcher sets when it starts the agent with a start-up cache, and that an agent which has come as far as
 * READY takes away: found at the next start, it has the launcher throw the cache away ({@code packaging/launcher/start-up}).
 */
final class StartMark {
    private static final Logger LOG = LoggerFactory.getLogger(StartMark.class);
    private static final String PROPERTY = "picket.start.trying";

    private StartMark() {}

    /** The agent is ready, so its cache is good. */
    static void takeAway() {
        Optional.ofNullable(System.getProperty(PROPERTY)).map(Path::of).ifPresent(mark -> {
            try {
                AtomicFiles.remove(mark);
            } catch (IOException e) {
                LOG.warn("The start-up cache will be made anew, since {} cannot be removed: {}", mark, e.getMessage());
            }
        });
    }
}
