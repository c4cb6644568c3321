package dev.picket.agent.read;

import dev.picket.agent.config.SourceConfig;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.sensors.FileLimits;
import dev.picket.sensors.FileSource;
import dev.picket.sensors.Source;
import dev.picket.sensors.StreamSource;
import java.io.InputStream;
import java.time.Clock;
import java.util.Objects;

/** Makes a source where its configuration says and the journal left off. */
public final class Sources {
    private static final int SETTLE_POLLS = 4;
    private static final int MAX_ROTATED_FILES = 1_000;

    private Sources() {}

    /**
     * A source that begins when it is run.
     *
     * @param run differs at each start, so that ids of standard input do
     * @throws IllegalArgumentException when the position in the journal is none of this kind of source
     */
    public static Source open(SourceConfig config, Journal journal, String run, InputStream stdin, Clock clock)
            throws JournalUnavailableException {
        int maxLineBytes = Math.toIntExact(config.maxLineBytes());
        return switch (config.kind()) {
            case FILE ->
                new FileSource(
                        config.name(),
                        Objects.requireNonNull(config.path()),
                        journal.position(config.name()),
                        new FileLimits(maxLineBytes, config.poll(), SETTLE_POLLS, MAX_ROTATED_FILES),
                        clock);
            case STDIN -> new StreamSource(config.name(), run, stdin, maxLineBytes, clock);
            case HTTP -> new InboxSource(config.name(), journal.inbox(), config.inbox(), maxLineBytes);
        };
    }
}
