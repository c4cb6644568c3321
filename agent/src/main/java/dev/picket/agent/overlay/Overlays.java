package dev.picket.agent.overlay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.config.ConfigException;
import dev.picket.agent.config.PicketConfig;
import dev.picket.agent.config.SourceConfig;
import dev.picket.ota.RejectedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the console has sent, over restarts and crashes:
 *
 * <pre>
 *   NONE, KEPT,          --configure, saved-->  PENDING(candidate, starts 0)   and the agent starts again
 *   RETURNED, SET_ASIDE
 *   PENDING              --start, starts + 1 saved before anything is opened-->  PENDING, the candidate in force
 *   PENDING              --ready and connected within configure.confirm-->  KEPT(candidate)
 *   PENDING              --not in time, or the start fails-->  RETURNED, and the agent starts again without it
 *   PENDING              --started configure.starts times already, or faulty beside the files of now-->  RETURNED
 *   any                  --cannot be read, or faulty beside the files-->  SET_ASIDE, the files alone in force
 * </pre>
 *
 * Each step is saved before it counts, in one file that is replaced whole; so after a crash or a power cut the agent
 * stands before the step or after it, and one that dies with a candidate gets rid of it after a bounded number of starts.
 * A start that cannot be counted does not try the candidate. A retention.text longer than that of the files is left out.
 * What is refused of the disk once is saved at the next
 * {@link #settle}.
 */
public final class Overlays {
    private static final Logger LOG = LoggerFactory.getLogger(Overlays.class);

    private final @Nullable ConfigSource source;
    private final OverlayFile file;
    private PicketConfig config;
    private Stored stored = Stored.none();
    private boolean unsaved;

    private Overlays(@Nullable ConfigSource source, Path directory, PicketConfig own) {
        this.source = source;
        this.file = new OverlayFile(directory);
        this.config = own;
    }

    /** For an agent whose configuration was made in the program: nothing is stored, and nothing can be sent. */
    public static Overlays none(PicketConfig config) {
        return new Overlays(null, config.data().directory(), config);
    }

    /**
     * Decides what a start runs with, and saves that it begins. Call it under the data directory's lock.
     *
     * @param own what the source says without an overlay
     */
    public static Overlays begin(ConfigSource source, PicketConfig own, Clock clock) {
        Overlays overlays = new Overlays(source, own.data().directory(), own);
        synchronized (overlays) {
            overlays.read(clock);
            overlays.count(own.configure().starts());
            overlays.bind(own, clock);
        }
        return overlays;
    }

    /** What is stored, without a step taken: for those who only look. */
    public static Overlays look(ConfigSource source, PicketConfig own) {
        Overlays overlays = new Overlays(source, own.data().directory(), own);
        try {
            overlays.stored = overlays.file.read();
            overlays.config = overlays.within(source, own);
        } catch (RejectedException | IOException | ConfigException e) {
            overlays.stored = Stored.setAside(overlays.file + " cannot be used: " + e.getMessage());
        }
        return overlays;
    }

    /** The configuration in force. */
    public synchronized PicketConfig config() {
        return config;
    }

    public synchronized Stored stored() {
        return stored;
    }

    public synchronized boolean pending() {
        return stored.pending();
    }

    /** What becomes of a patch; nothing is changed by asking. */
    public synchronized Proposal weigh(ObjectNode patch) {
        String why = fixed();
        return source == null || !why.isEmpty()
                ? new Proposal.Refused(409, "Nothing can be changed here: " + why + ".", List.of())
                : Proposal.of(source, stored.inForce(), patch);
    }

    /** Why the agent could not start again as things are; empty where it could. */
    public synchronized String fault() {
        try {
            if (source != null) {
                source.own();
            }
            return fixed();
        } catch (ConfigException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** What reading the files anew would come to. */
    public synchronized Reload reload() {
        ConfigSource from = source;
        return from == null
                ? new Reload.Refused("Nothing can be changed here: " + fixed() + ".")
                : Reload.of(() -> within(from, from.own()), config, fixed());
    }

    private String fixed() {
        if (source == null) {
            return "this agent was not started from a configuration file";
        }
        return config.sources().stream().anyMatch(each -> each.kind() == SourceConfig.Kind.STDIN)
                ? "a source reads standard input, of which lines would be lost; stop and start the process instead"
                : "";
    }

    /**
     * Saves a change as pending; it comes into force at the next start.
     *
     * @param order names the command that brought it
     * @return whether it was taken; not while another one is pending
     * @throws IOException when it cannot be saved; nothing has changed then
     */
    public synchronized boolean propose(ObjectNode overlay, String order) throws IOException {
        if (stored.pending()) {
            return false;
        }
        Stored next = stored.propose(overlay, order);
        file.write(next);
        stored = next;
        return true;
    }

    /** The agent is ready and connected: the candidate stays. */
    public synchronized void keep() {
        become(stored.keep());
    }

    /** The candidate goes; the overlay before it is in force at the next start. */
    public synchronized void giveBack(String why) {
        LOG.error("The configuration that the console sent is taken back: {}", why);
        become(stored.giveBack(why));
    }

    /** Tries again to save what the disk has refused; answers whether all is saved. */
    public synchronized boolean settle() {
        if (unsaved) {
            become(stored);
        }
        return !unsaved;
    }

    /** Waits until no change is pending. */
    public synchronized Stored awaitEnd() throws InterruptedException {
        while (stored.pending()) {
            wait();
        }
        return stored;
    }

    private void read(Clock clock) {
        try {
            stored = file.read();
        } catch (RejectedException e) {
            setAside(String.valueOf(e.getMessage()), clock);
        } catch (IOException e) {
            LOG.error("{} cannot be read, so the files alone are in force: {}", file, e.toString());
            stored = Stored.setAside(file + " cannot be read: " + e);
        }
    }

    private void count(int mostStarts) {
        if (!stored.pending()) {
            return;
        }
        if (stored.starts() >= mostStarts) {
            giveBack("the agent was started %d times with it and was not confirmed".formatted(stored.starts()));
            return;
        }
        try {
            Stored next = stored.begun();
            file.write(next);
            stored = next;
        } catch (IOException e) {
            giveBack("the start with it could not be saved: " + e);
        }
    }

    private void bind(PicketConfig own, Clock clock) {
        ConfigSource from = Objects.requireNonNull(source);
        try {
            config = within(from, own);
            return;
        } catch (ConfigException e) {
            if (!stored.pending()) {
                setAside(String.valueOf(e.getMessage()), clock);
                return;
            }
            giveBack("it cannot be used beside the files of this gateway: " + e.getMessage());
        }
        bind(own, clock);
    }

    /**
     * What is stored lies in a folder that the agent writes, and root's own commands read it, too: a key that no console may change
     * is none here either. Texts are never kept longer than the files say, which may have been changed since the overlay was taken.
     */
    private PicketConfig within(ConfigSource from, PicketConfig own) throws ConfigException {
        RemoteKeys.refuseForbidden(stored.inForce());
        PicketConfig bound = from.with(stored.inForce());
        if (bound.retention().text().compareTo(own.retention().text()) <= 0) {
            return bound;
        }
        LOG.warn(
                "The gateway's own files say a shorter retention.text ({}) than the console has sent ({}); theirs is in force",
                own.retention().text(),
                bound.retention().text());
        ObjectNode shorter = stored.inForce().deepCopy();
        if (shorter.get("retention") instanceof ObjectNode retention) {
            retention.remove("text");
        }
        return from.with(shorter);
    }

    private void setAside(String why, Clock clock) {
        try {
            Path aside = file.copyAside(clock.instant());
            become(Stored.setAside(
                    "what was stored could not be used and is kept as " + aside.getFileName() + ": " + why));
        } catch (IOException e) {
            stored = Stored.setAside("what is stored in " + file + " cannot be used: " + why);
        }
        LOG.error("The configuration that the console had sent is set aside: {}", stored.detail());
    }

    private synchronized void become(Stored next) {
        stored = next;
        try {
            file.write(next);
            unsaved = false;
        } catch (IOException e) {
            unsaved = true;
            LOG.warn("Where the configuration stands cannot be saved, the next try follows: {}", e.toString());
        }
        notifyAll();
    }
}
