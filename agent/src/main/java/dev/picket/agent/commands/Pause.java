package dev.picket.agent.commands;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.state.PauseRows;
import dev.picket.agent.state.StateUnavailableException;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code pause} and {@code resume}, of some sources or of all: readings wait in their sources meanwhile, and nothing is
 * lost. Both outlive a restart. Parameters: {@code sources} (a list of names; absent: all), and of a pause {@code reason}.
 */
public final class Pause implements CommandHandler {
    private static final int MOST_SOURCES = 1_000;
    private static final int MAX_REASON = 200;

    private final String verb;
    private final Pauses pauses;
    private final InstantSource clock;
    private final Set<String> allowed;

    private Pause(String verb, Pauses pauses, InstantSource clock, Set<String> allowed) {
        this.verb = verb;
        this.pauses = pauses;
        this.clock = clock;
        this.allowed = allowed;
    }

    /** Both verbs. */
    public static List<CommandHandler> verbs(Pauses pauses, InstantSource clock) {
        return List.of(
                new Pause("pause", pauses, clock, Set.of("sources", "reason")),
                new Pause("resume", pauses, clock, Set.of("sources")));
    }

    @Override
    public String verb() {
        return verb;
    }

    @Override
    public boolean idempotent() {
        return true;
    }

    @Override
    public Answer answer(Request request) {
        try {
            Fields params = new Fields("params", request.params());
            for (String name : Params.names(params)) {
                if (!allowed.contains(name)) {
                    throw params.fault(name, "absent");
                }
            }
            Optional<List<String>> some =
                    params.has("sources") ? Optional.of(params.texts("sources", MOST_SOURCES)) : Optional.empty();
            if (some.isPresent() && some.get().isEmpty()) {
                throw params.fault("sources", "a list of one name or more, or absent for all");
            }
            List<String> unknown = some.orElse(List.of()).stream()
                    .filter(each -> !pauses.sources().contains(each))
                    .toList();
            if (!unknown.isEmpty()) {
                return Answer.refused(404, "There is no source %s; there are %s.".formatted(unknown, pauses.sources()));
            }
            String reason = params.has("reason") ? params.text("reason", MAX_REASON) : "";
            change(some, reason);
            return Answer.now(200, body());
        } catch (RejectedException e) {
            return Answer.refused(400, String.valueOf(e.getMessage()));
        } catch (StateUnavailableException e) {
            return Answer.refused(503, "Nothing was changed: " + e.getMessage());
        }
    }

    private void change(Optional<List<String>> some, String reason) throws StateUnavailableException {
        boolean pause = verb.equals("pause");
        if (some.isPresent() && pause) {
            pauses.pause(some.get(), reason, clock.instant());
        } else if (some.isPresent()) {
            pauses.resume(some.get(), clock.instant());
        } else if (pause) {
            pauses.pauseAll(reason, clock.instant());
        } else {
            pauses.resumeAll(clock.instant());
        }
    }

    private ObjectNode body() {
        ObjectNode body = StrictJson.object().put("all", pauses.names().contains(PauseRows.ALL));
        ArrayNode names = body.putArray("paused");
        pauses.names().stream().filter(each -> !each.equals(PauseRows.ALL)).forEach(names::add);
        return body;
    }
}
