package dev.picket.agent.read;

import dev.picket.agent.journal.Inbox;
import dev.picket.agent.journal.JournalUnavailableException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sources to which readings are pushed.
 *
 * @param byName by the source's name
 */
public record Inboxes(Map<String, InboxSource> byName) {
    private static final Logger LOG = LoggerFactory.getLogger(Inboxes.class);

    public Inboxes {
        byName = Map.copyOf(byName);
    }

    /** Those among the routes; what waits in the inbox for others is dropped and counted. */
    public static Inboxes among(List<Route> routes, Inbox inbox) throws JournalUnavailableException {
        Inboxes among = new Inboxes(routes.stream()
                .map(Route::source)
                .filter(InboxSource.class::isInstance)
                .map(InboxSource.class::cast)
                .collect(Collectors.toMap(InboxSource::name, source -> source)));
        int gone = inbox.keepOnly(among.names());
        if (gone > 0) {
            LOG.warn("{} pushed readings waited for sources that are no longer there, and were dropped", gone);
        }
        return among;
    }

    /** The sources' names, in order. */
    public Set<String> names() {
        return new TreeSet<>(byName.keySet());
    }

    public Optional<InboxSource> of(String source) {
        return Optional.ofNullable(byName.get(source));
    }
}
