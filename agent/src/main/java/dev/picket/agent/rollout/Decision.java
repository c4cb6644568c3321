package dev.picket.agent.rollout;

import dev.picket.agent.state.SavedRollout;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Set;

/**
 * What a gateway does about a rollout: a pure function of what is signed, what is saved and the time, so it is the same after
 * every restart.
 *
 * <pre>
 *   here             active            paused     aborted                done
 *   ended            Over              Over       Over                   Over
 *   begun            Follow            Follow     Withdraw               Follow
 *   not meant        Out               Out        Out                    Out
 *   past notAfter    End(timed-out)    the same   the same               the same
 *   else             Begin, or Wait    Wait       End(rejected, aborted) End(rejected, done)
 *                    for window, turn
 * </pre>
 *
 * What began stays begun, however groups and share change afterwards.
 */
sealed interface Decision {
    /** It is not for this gateway. */
    record Out() implements Decision {}

    /** @param why one sentence */
    record Wait(String why) implements Decision {}

    record Begin() implements Decision {}

    /** It is with the update flow. */
    record Follow() implements Decision {}

    /** It is with the update flow, and is to be taken back as far as it can be. */
    record Withdraw() implements Decision {}

    /** It ends here without having begun. */
    record End(SavedRollout.End end) implements Decision {}

    /** It has ended here. */
    record Over() implements Decision {}

    /**
     * Who this gateway is.
     *
     * @param takes whether it takes rollouts at all
     * @param spread over how long the gateways of a rollout begin
     */
    record Here(String gateway, Set<String> groups, boolean takes, Duration spread) {
        public Here {
            groups = Set.copyOf(groups);
        }

        boolean isMeantBy(Rollout rollout) {
            boolean inGroup = rollout.groups().isEmpty() || !Collections.disjoint(rollout.groups(), groups);
            return takes && inGroup && rollout.reaches(gateway);
        }
    }

    /** @param issued when this revision was signed */
    static Decision of(Rollout rollout, Instant issued, SavedRollout saved, Here here, Instant now) {
        if (saved.end() != null) {
            return new Over();
        }
        if (saved.begun()) {
            return rollout.state() == Rollout.State.ABORTED ? new Withdraw() : new Follow();
        }
        if (!here.isMeantBy(rollout)) {
            return new Out();
        }
        if (!now.isBefore(rollout.notAfter())) {
            return end("timed-out", "", "It was not begun before " + rollout.notAfter() + ".");
        }
        return switch (rollout.state()) {
            case ACTIVE -> active(rollout, issued, here, now);
            case PAUSED -> new Wait("It is paused.");
            case ABORTED -> end("rejected", "aborted", "It was aborted before it was begun.");
            case DONE -> end("rejected", "done", "It was over before it was begun.");
        };
    }

    private static Decision active(Rollout rollout, Instant issued, Here here, Instant now) {
        Window window = rollout.window();
        if (window != null && !window.isOpen(now)) {
            return new Wait("It waits for its window " + window + ".");
        }
        Instant turn = turn(rollout, issued, here, now);
        // By a clock that went back it may be far off: then nobody knows whose turn it is.
        boolean waits = now.isBefore(turn) && !now.plus(here.spread()).isBefore(turn);
        return waits ? new Wait("It waits for its turn at " + turn + ".") : new Begin();
    }

    /**
     * When this gateway begins: so much after the revision was signed, or after the window opened, as its place in the spread
     * says. A spread that would take more than half of the time that there is, is that half.
     */
    private static Instant turn(Rollout rollout, Instant issued, Here here, Instant now) {
        Instant from = issued;
        Instant end = rollout.notAfter();
        Window window = rollout.window();
        if (window != null) {
            Instant opened = window.opened(now);
            from = opened.isAfter(from) ? opened : from;
            end = window.closes(now).isBefore(end) ? window.closes(now) : end;
        }
        long half = Math.max(0, Duration.between(from, end).toMillis() / 2);
        long spread = Math.min(here.spread().toMillis(), half);
        return from.plusMillis((long) (spread * Rollout.turn(here.gateway(), rollout.id())));
    }

    private static End end(String state, String reason, String sentence) {
        return new End(new SavedRollout.End(state, reason, sentence));
    }
}
