package dev.picket.agent.read;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The sources to which readings are pushed.
 *
 * @param byName by the source's name
 */
public record Inboxes(Map<String, InboxSource> byName) {
    public Inboxes {
        byName = Map.copyOf(byName);
    }

    public static Inboxes among(List<Route> routes) {
        return new Inboxes(routes.stream()
                .map(Route::source)
                .filter(InboxSource.class::isInstance)
                .map(InboxSource.class::cast)
                .collect(Collectors.toMap(InboxSource::name, inbox -> inbox)));
    }

    /** The sources' names, in order. */
    public Set<String> names() {
        return new TreeSet<>(byName.keySet());
    }

    public Optional<InboxSource> of(String source) {
        return Optional.ofNullable(byName.get(source));
    }
}
