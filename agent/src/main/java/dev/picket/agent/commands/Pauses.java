package dev.picket.agent.commands;

import dev.picket.agent.state.PauseRows;
import dev.picket.agent.state.State;
import dev.picket.agent.state.StateUnavailableException;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which sources are paused. What the read flow asks for each reading is a copy of the rows; a row changes first. A pause
 * of all also holds for sources that are configured later.
 */
public final class Pauses {
    private final PauseRows rows;
    private final Set<String> sources;
    private volatile Map<String, String> paused;

    private Pauses(PauseRows rows, Set<String> sources, Map<String, String> paused) {
        this.rows = rows;
        this.sources = Set.copyOf(sources);
        this.paused = Map.copyOf(paused);
    }

    /** @param sources those that are configured */
    public static Pauses open(State state, Collection<String> sources) throws StateUnavailableException {
        return new Pauses(state.pauses(), Set.copyOf(sources), state.pauses().all());
    }

    /** Why readings of this source wait; empty while they are judged. */
    public String hold(String source) {
        Map<String, String> now = paused;
        String reason = now.getOrDefault(source, now.get(PauseRows.ALL));
        if (reason == null) {
            return "";
        }
        return "judging is paused by the console" + (reason.isEmpty() ? "" : " (" + reason + ")");
    }

    /** Whether any source is. */
    public boolean any() {
        Map<String, String> now = paused;
        return now.containsKey(PauseRows.ALL) || sources.stream().anyMatch(now::containsKey);
    }

    Set<String> sources() {
        return sources;
    }

    /** The names of those that are paused, {@link PauseRows#ALL} among them where it is said of all. */
    Set<String> names() {
        return new TreeMap<>(paused).keySet();
    }

    void pauseAll(String reason, Instant at) throws StateUnavailableException {
        save(Map.of(PauseRows.ALL, reason), at);
    }

    void pause(Collection<String> some, String reason, Instant at) throws StateUnavailableException {
        Map<String, String> next = new TreeMap<>(paused);
        some.forEach(each -> next.put(each, reason));
        save(next, at);
    }

    void resumeAll(Instant at) throws StateUnavailableException {
        save(Map.of(), at);
    }

    /** Where all were paused, the others stay so, each for itself. */
    void resume(Collection<String> some, Instant at) throws StateUnavailableException {
        Map<String, String> next = new TreeMap<>(paused);
        String all = next.remove(PauseRows.ALL);
        if (all != null) {
            sources.forEach(each -> next.putIfAbsent(each, all));
        }
        some.forEach(next::remove);
        save(next, at);
    }

    private void save(Map<String, String> next, Instant at) throws StateUnavailableException {
        rows.replace(next, at);
        paused = Map.copyOf(next);
    }
}
