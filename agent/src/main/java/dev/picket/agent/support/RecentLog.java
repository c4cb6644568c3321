package dev.picket.agent.support;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.LoggerFactory;

/** The last lines of the log, in memory and bounded, at INFO though a terminal shows less. */
public final class RecentLog extends AppenderBase<ILoggingEvent> {
    private static final int MAX_LINE = 1_000;
    private static final String NAME = "recent";

    private final Deque<String> lines = new ArrayDeque<>();
    private int most = 500;

    /** How many lines are kept from now on. */
    public synchronized void keep(int lines) {
        most = lines;
        trim();
    }

    /** Oldest first. */
    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** The one that the log's configuration names; one that hears nothing where it names none. */
    public static RecentLog installed() {
        return LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root
                        && root.getAppender(NAME) instanceof RecentLog log
                ? log
                : new RecentLog();
    }

    @Override
    protected void append(ILoggingEvent event) {
        String line = event.getInstant() + " " + event.getLevel() + " [" + event.getThreadName() + "] "
                + event.getLoggerName() + ": " + event.getFormattedMessage();
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            line += " (" + thrown.getClassName() + ")";
        }
        add(line.length() <= MAX_LINE ? line : line.substring(0, MAX_LINE) + "…");
    }

    private synchronized void add(String line) {
        lines.addLast(line);
        trim();
    }

    private void trim() {
        while (lines.size() > most) {
            lines.removeFirst();
        }
    }
}
