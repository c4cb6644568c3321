package dev.picket.agent.commands;

import dev.picket.agent.state.CommandKey;
import dev.picket.agent.state.Owed;
import dev.picket.agent.state.Replied;
import dev.picket.agent.state.Standing;
import dev.picket.agent.state.State;
import dev.picket.agent.state.StateUnavailableException;
import dev.picket.agent.state.Token;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of one command, from its delivery to its first reply:
 *
 * <pre>
 *   verb known -> answered before? -> verified -> RECEIVED saved, with its token -> STARTED saved -> handler answers
 *     now:   DONE saved with the reply
 *     later: DONE saved with 202, and the job with it ({@link Jobs})
 * </pre>
 *
 * What is refused before RECEIVED leaves nothing behind. Delivered again, a command gets the reply that was saved; one
 * found STARTED runs again only where that is harmless.
 */
final class CommandSteps {
    private static final Logger LOG = LoggerFactory.getLogger(CommandSteps.class);
    /** Anybody may send these, and they may run twice: their replies are not kept for days. */
    private static final Duration UNSIGNED_LIFE = Duration.ofMinutes(10);

    private final State state;
    private final Commands commands;
    private final Verification verification;
    private final Answering answering;
    private final Jobs jobs;
    private final CommandCounts counts;
    private final InstantSource now;

    CommandSteps(
            State state,
            Commands commands,
            Verification verification,
            Answering answering,
            Jobs jobs,
            CommandCounts counts,
            InstantSource now) {
        this.state = state;
        this.commands = commands;
        this.verification = verification;
        this.answering = answering;
        this.jobs = jobs;
        this.counts = counts;
        this.now = now;
    }

    /**
     * @param saved whether it is kept until the command expires, and owed until the broker has it
     * @param end the second reply, where there is one already
     */
    record Answered(Reply reply, boolean saved, @Nullable Owed end) {
        Answered(Reply reply, boolean saved) {
            this(reply, saved, null);
        }
    }

    /**
     * Ends what the agent went down with, where it may not run again; then takes up the jobs. Called first, and again
     * until it works.
     */
    void resume() throws StateUnavailableException {
        for (Map.Entry<String, List<CommandKey>> begun :
                state.commands().begunByVerb().entrySet()) {
            Optional<CommandHandler> handler = commands.handler(begun.getKey()).filter(each -> !each.idempotent());
            if (handler.isPresent()) {
                for (CommandKey key : begun.getValue()) {
                    finish(begun.getKey(), key, handler.get().afterInterruption());
                }
            }
        }
        jobs.resume(commands);
    }

    Answered answer(Envelope.Fit command) throws InterruptedException {
        try {
            CommandHandler handler = handler(command.verb());
            Optional<Replied> before = state.commands().answered(command.key());
            if (before.isPresent()) {
                return saved(before.get().first(), before.get().end());
            }
            Request request = request(handler, command);
            return switch (receive(command, request)) {
                case Standing.Done done -> saved(done, null);
                case Standing.Received _ -> new Answered(run(handler, command, request), true);
                case Standing.Started _ -> new Answered(afterInterruption(handler, command, request), true);
                case Standing.Replayed _ ->
                    throw new RefusedException(
                            Refusal.Reason.REPLAYED,
                            409,
                            "This gateway has taken this signed command before; sign a new one.");
                case Standing.NoRoom(int kept, String what) ->
                    throw new RefusedException(
                            Refusal.Reason.NO_ROOM,
                            503,
                            "%d %s are remembered already; wait until some expire.".formatted(kept, what));
            };
        } catch (RefusedException e) {
            return refused(command.verb(), e.refusal());
        } catch (StateUnavailableException e) {
            LOG.error("A command was not run: {}", e.getMessage());
            return refused(
                    command.verb(),
                    new Refusal(
                            Refusal.Reason.UNAVAILABLE,
                            503,
                            "The gateway cannot save commands now; look at its report before repeating this one."));
        }
    }

    /** Counts it, under no verb of the sender's own making. */
    Answered refused(String verb, Refusal refusal) {
        counts.refused(refusal.reason());
        counts.answered(commands.handler(verb).isPresent() ? verb : CommandCounts.UNKNOWN, refusal.status());
        return new Answered(refusal.reply(), false);
    }

    private CommandHandler handler(String verb) throws RefusedException {
        return commands.handler(verb)
                .orElseThrow(() -> new RefusedException(
                        Refusal.Reason.UNKNOWN_VERB,
                        404,
                        "There is no verb '%s'; there are %s.".formatted(verb, commands.verbs())));
    }

    private Request request(CommandHandler handler, Envelope.Fit command)
            throws RefusedException, StateUnavailableException {
        return handler.signed() ? verified(command, now.instant()) : Params.request(command.verb(), command.payload());
    }

    private Request verified(Envelope.Fit command, Instant at) throws RefusedException, StateUnavailableException {
        return verification.verify(command.verb(), command.payload(), at, state.memory(at));
    }

    private Standing receive(Envelope.Fit command, Request request) throws StateUnavailableException {
        Token token = token(request);
        Instant expiresAt = command.expiresAt();
        if (token == null) {
            Instant soon = now.instant().plus(UNSIGNED_LIFE);
            expiresAt = soon.isBefore(expiresAt) ? soon : expiresAt;
        }
        return state.commands().receive(command.key(), command.verb(), expiresAt, token);
    }

    private static @Nullable Token token(Request request) {
        Claims claims = request.claims();
        return claims == null ? null : new Token(claims.keyId(), claims.id(), claims.expiresAt());
    }

    private Reply afterInterruption(CommandHandler handler, Envelope.Fit command, Request request)
            throws StateUnavailableException, InterruptedException {
        return handler.idempotent()
                ? run(handler, command, request)
                : finish(command.verb(), command.key(), handler.afterInterruption());
    }

    private Reply run(CommandHandler handler, Envelope.Fit command, Request request)
            throws StateUnavailableException, InterruptedException {
        state.commands().started(command.key());
        Answering.Answered answered = answering.answer(handler, request);
        return switch (answered.answer()) {
            case Answer.Now(Reply reply) -> finish(command.verb(), command.key(), reply);
            case Answer.Later later -> queue(handler, command, later, answered.begun() || later.begun());
        };
    }

    private Reply finish(String verb, CommandKey key, Reply reply) throws StateUnavailableException {
        state.commands().done(key, reply.status(), reply.payload());
        counts.answered(verb, reply.status());
        return reply;
    }

    private Reply queue(CommandHandler handler, Envelope.Fit command, Answer.Later later, boolean begun)
            throws StateUnavailableException {
        Reply reply = jobs.add(handler, command, later, begun);
        counts.answered(command.verb(), reply.status());
        return reply;
    }

    private static Answered saved(Standing.Done done, @Nullable Owed end) {
        return new Answered(new Reply(done.status(), done.reply()), true, end);
    }
}
