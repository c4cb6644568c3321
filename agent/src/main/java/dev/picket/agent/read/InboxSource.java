package dev.picket.agent.read;

import dev.picket.agent.config.InboxConfig;
import dev.picket.agent.journal.Inbox;
import dev.picket.agent.journal.InboxFullException;
import dev.picket.agent.journal.InboxRow;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.journal.PushedReading;
import dev.picket.sensors.Reading;
import dev.picket.sensors.Sink;
import dev.picket.sensors.Source;
import dev.picket.sensors.SourceCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Readings that are pushed: durable in the inbox before their sender hears that they were taken, and read from there in
 * the order in which they came.
 */
public final class InboxSource implements Source {
    private static final int PAGE = 100;
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final String name;
    private final Inbox inbox;
    private final InboxConfig limits;
    private final int maxTextBytes;
    private final Semaphore arrived = new Semaphore(0);
    private final LongAdder cut = new LongAdder();
    private volatile String trouble = "";
    /** The time of the reading that is being handed on; null while none waits. */
    private volatile @Nullable Instant waiting;

    /**
     * @param name the configured name
     * @param limits how many may wait, and how long their ids are remembered
     * @param maxTextBytes the longest text; whoever receives a longer one cuts it there
     */
    public InboxSource(String name, Inbox inbox, InboxConfig limits, int maxTextBytes) {
        this.name = name;
        this.inbox = inbox;
        this.limits = limits;
        this.maxTextBytes = maxTextBytes;
    }

    @Override
    public String name() {
        return name;
    }

    /** The most readings that may wait, and so the most that one call may bring. */
    public int waiting() {
        return limits.waiting();
    }

    public int maxTextBytes() {
        return maxTextBytes;
    }

    /** Takes readings, all or none; they are on disk when this returns. */
    public Inbox.Receipt receive(List<PushedReading> readings) throws JournalUnavailableException, InboxFullException {
        Inbox.Receipt receipt = inbox.receive(name, readings, limits);
        cut.add(readings.stream().filter(PushedReading::cut).count());
        arrived.release();
        return receipt;
    }

    @Override
    public void run(Sink sink) throws InterruptedException {
        long after = 0;
        while (true) {
            arrived.drainPermits();
            List<InboxRow> page = page(after);
            for (InboxRow row : page) {
                waiting = row.reading().at();
                sink.accept(reading(row), Inbox.position(row.id()));
                after = row.id();
            }
            waiting = null;
            if (page.isEmpty() && arrived.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                // One permit is as good as many: the next page has all that came.
                arrived.drainPermits();
            }
        }
    }

    /** What the position has passed is gone from the inbox, so a start begins with the first that is there. */
    private List<InboxRow> page(long after) {
        try {
            List<InboxRow> page = inbox.next(name, after, PAGE);
            trouble = "";
            return page;
        } catch (JournalUnavailableException e) {
            trouble = "The inbox of source '" + name + "' cannot be read: " + e.getMessage();
            return List.of();
        }
    }

    private Reading reading(InboxRow row) {
        PushedReading pushed = row.reading();
        return new Reading(name, row.readingId(), pushed.at(), pushed.text(), pushed.cut(), Map.of());
    }

    @Override
    public String trouble() {
        return trouble;
    }

    /** {@inheritDoc} Told is the time that its sender gave it, else that of its receipt. */
    @Override
    public Optional<Instant> waitingSince() {
        return Optional.ofNullable(waiting);
    }

    @Override
    public SourceCounts counts() {
        return new SourceCounts(0, cut.sum(), 0);
    }
}
