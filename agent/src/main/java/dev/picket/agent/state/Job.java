package dev.picket.agent.state;

import java.time.Instant;

/**
 * A command that goes on after its first reply.
 *
 * @param at when it was taken
 * @param progress one sentence
 * @param payload of the command; empty once it is done
 * @param expiresAt when its second reply is forgotten, told or not
 * @param status of the second reply; 0 before it is done
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of the wire, compared by nobody
public record Job(
        String id,
        Instant at,
        CommandKey key,
        String verb,
        Step step,
        String progress,
        byte[] payload,
        Instant expiresAt,
        int status) {
    /** How far it has come. */
    public enum Step {
        QUEUED(0),
        STARTED(1),
        DONE(2);

        /** As the row has it. */
        final int number;

        Step(int number) {
            this.number = number;
        }

        static Step of(int number) {
            return number == 0 ? QUEUED : number == 1 ? STARTED : DONE;
        }
    }
}
