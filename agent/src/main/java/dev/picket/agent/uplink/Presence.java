package dev.picket.agent.uplink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The retained status of the gateway: birth, Will and farewell, and the rule for when a birth must be said again.
 *
 * <pre>
 *   birth     {"online":true,"epoch":…,"session":n,"agent":…,"base":…,"tasks":{name:digest}}
 *   Will      {"online":false,"epoch":…,"session":n}
 *   farewell  {"online":false,"epoch":…,"session":n,"reason":…}
 * </pre>
 *
 * The session number grows with each connection and is saved before it, so whoever reads a Will knows which birth it ends.
 */
public final class Presence {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Topics topics;
    private final String epoch;
    private final Supplier<Served> served;

    public Presence(Topics topics, String epoch, Supplier<Served> served) {
        this.topics = topics;
        this.epoch = epoch;
        this.served = served;
    }

    Message birth(long session) {
        Served now = served.get();
        ObjectNode status = status(true, session).put("agent", now.agent()).put("base", now.base());
        ObjectNode tasks = status.putObject("tasks");
        new TreeMap<>(now.tasks()).forEach(tasks::put);
        return retained(status);
    }

    Message will(long session) {
        return retained(status(false, session));
    }

    Message farewell(long session, String reason) {
        return retained(status(false, session).put("reason", reason));
    }

    /**
     * Whether a status message denies that this gateway is there in this session: a Will of an earlier connection that
     * landed late, a cleared topic, or what is no status at all. One of a later session is another agent of our name; a
     * birth war with it would help nobody.
     */
    boolean denies(byte[] status, long session) {
        JsonNode said;
        try {
            said = JSON.readTree(status);
        } catch (IOException e) {
            return true;
        }
        if (said == null || !said.isObject()) {
            return true;
        }
        boolean ours = epoch.equals(said.path("epoch").asText());
        long saidSession = said.path("session").asLong();
        boolean isBirth = said.path("online").asBoolean() && ours && saidSession == session;
        return !isBirth && !(ours && saidSession > session);
    }

    private ObjectNode status(boolean online, long session) {
        return JSON.createObjectNode().put("online", online).put("epoch", epoch).put("session", session);
    }

    private Message retained(ObjectNode status) {
        try {
            return Message.retained(topics.status(), JSON.writeValueAsBytes(status));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
