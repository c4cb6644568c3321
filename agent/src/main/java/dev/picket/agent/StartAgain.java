package dev.picket.agent;

import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How often a start is tried that fails for what may pass, such as a full disk.
 *
 * <pre>
 *   start fails --> the process ends, so that whoever called for it hears why, and leaves a mark
 *   started again by the service manager, finds the mark and takes it away --> fails --> waits, twice as long each time, within
 * </pre>
 *
 * Without the mark nobody would ever be told; without the waiting within a gateway where nobody is near would start a JVM four times
 * a minute for weeks. The mark lies in the runtime folder, which is in memory: the disk may be what is full.
 */
public final class StartAgain {
    private static final Logger LOG = LoggerFactory.getLogger(StartAgain.class);
    private static final String MARK = "start-failed";

    private final Duration first;
    private final Duration most;
    private Duration pause;
    private boolean within;

    /** @param most what the pauses grow to */
    public StartAgain(Duration first, Duration most) {
        this.first = first;
        this.most = most;
        this.pause = first;
    }

    /** Looks for the mark, once a process. */
    void look(Path runtime) {
        Path mark = runtime.resolve(MARK);
        try {
            within |= Files.exists(mark);
            AtomicFiles.remove(mark);
        } catch (IOException e) {
            LOG.debug("The mark {} of a start that failed cannot be taken away", mark, e);
        }
    }

    /** Leaves the mark. */
    void failed(Path runtime) {
        try {
            AtomicFiles.createClosedFolder(runtime);
            AtomicFiles.write(runtime.resolve(MARK), new byte[0]);
        } catch (IOException e) {
            LOG.debug("A start that failed leaves no mark in {}", runtime, e);
        }
    }

    /** Whether the next start is waited for in this process. */
    boolean within() {
        return within;
    }

    /** An agent runs: from now on whoever changes something finds this process, and the pauses begin anew. */
    void ready() {
        within = true;
        pause = first;
    }

    /** How long until the next try. */
    Duration next() {
        Duration now = pause;
        pause = pause.multipliedBy(2).compareTo(most) < 0 ? pause.multipliedBy(2) : most;
        return now;
    }
}
