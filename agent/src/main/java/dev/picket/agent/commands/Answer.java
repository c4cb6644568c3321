package dev.picket.agent.commands;

import com.fasterxml.jackson.databind.JsonNode;

/** What a handler has to say within seconds. */
public sealed interface Answer {
    /** The result. */
    record Now(Reply reply) implements Answer {}

    /**
     * A job: the console is told its id with status 202 at once, and the work's reply, with the same correlation data, once
     * it has ended.
     *
     * @param progress where it stands before it has begun, one sentence
     * @param begun whether what was to be done is saved already: then it is a job, room or not
     */
    record Later(String progress, Work work, boolean begun) implements Answer {
        public Later(String progress, Work work) {
            this(progress, work, false);
        }
    }

    static Answer now(int status, JsonNode body) {
        return new Now(Reply.of(status, body));
    }

    /** No result, and in one sentence why. */
    static Answer refused(int status, String sentence) {
        return new Now(Reply.error(status, sentence));
    }
}
