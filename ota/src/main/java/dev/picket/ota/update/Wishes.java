package dev.picket.ota.update;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.release.SetManifest;
import java.util.Optional;

/**
 * What people want beside the update that is under way, said from any thread. What it comes to is a pure function of the
 * state:
 *
 * <pre>
 *   taken back: the order that brought what is on trial   STOPPED, after the switch ORDERED_BACK
 *   rollback from the Set that runs                       the candidate STOPPED
 *   rollback from the Set on probation                    ORDERED_BACK
 *   another Set goes next, by an order                    the candidate WITHDRAWN; after the switch it waits
 * </pre>
 *
 * Nothing of it survives a restart: whoever ordered it does so again.
 */
final class Wishes {
    private static final Back NO_BACK = new Back("", "");
    private static final Next NO_NEXT = new Next("", false);

    private volatile Back back = NO_BACK;
    private volatile String takenBack = "";
    private volatile Next next = NO_NEXT;

    /** The later one goes before the earlier ones, and a rollback before all. */
    enum Rank {
        CHANNEL,
        ROLLOUT,
        INSTALL
    }

    /**
     * Who wants what is about to begin.
     *
     * @param order empty for the channel
     */
    record Wanted(Rank rank, String order) {
        static final Wanted BY_CHANNEL = new Wanted(Rank.CHANNEL, "");

        static Wanted by(InstallOrder order) {
            return new Wanted(order.patient() ? Rank.ROLLOUT : Rank.INSTALL, order.id());
        }
    }

    private record Back(String order, String from) {
        boolean isNone() {
            return order.isEmpty();
        }
    }

    private record Next(String set, boolean beforeOrders) {
        boolean isNone() {
            return set.isEmpty();
        }
    }

    /** Another Set goes first, and nothing failed: what makes way may come again. */
    static final class MakesWayException extends RejectedException {
        private static final long serialVersionUID = 1L;

        MakesWayException(String sentence) {
            super(Reason.ORDERED, sentence);
        }
    }

    /**
     * A rollback waits.
     *
     * @param order empty: none does any more
     * @param from the label of the Set to be left
     */
    void recall(String order, String from) {
        back = new Back(order, from);
    }

    /** That order is taken back. */
    void withdraw(String order) {
        takenBack = order;
    }

    /**
     * An order of a Set waits.
     *
     * @param set its target path; empty: none waits any more
     * @param beforeOrders whether it goes before what another order brought, too
     */
    void next(String set, boolean beforeOrders) {
        next = new Next(set, beforeOrders);
    }

    boolean isTakenBack(String order) {
        return !order.isEmpty() && order.equals(takenBack);
    }

    /** The order that takes back what is on probation. */
    String endedBy(UpdateState state) {
        String order = state.orders().current();
        return isTakenBack(order) ? order : back.order();
    }

    /** Whether an order waits that goes before what is only about to begin. */
    boolean goBefore(Wanted wanted) {
        return !back.isNone()
                || isTakenBack(wanted.order())
                || switch (wanted.rank()) {
                    case CHANNEL -> !next.isNone();
                    case ROLLOUT -> !next.isNone() && next.beforeOrders();
                    case INSTALL -> false;
                };
    }

    /** Whether {@link #check} would throw. */
    boolean end(UpdateState state) {
        try {
            check(state);
            return false;
        } catch (RejectedException _) {
            return true;
        }
    }

    /** Throws where what is under way is to end now. */
    void check(UpdateState state) throws RejectedException {
        boolean before = isBeforeSwitch(state.step());
        if (!before && !isOnProbation(state.step())) {
            return;
        }
        if (isTakenBack(state.orders().current())) {
            throw new RejectedException(Reason.ORDERED, "Its order was taken back.");
        }
        boolean left = Optional.ofNullable(state.active())
                .filter(each -> each.label().equals(back.from()))
                .isPresent();
        if (!back.isNone() && (before || left)) {
            throw new RejectedException(Reason.ORDERED, "It was taken back by order.");
        }
        InstalledSet candidate = state.candidate();
        if (before && candidate != null && makesWay(candidate, state.orders().current())) {
            throw new MakesWayException("Set " + candidate.label() + " makes way for " + next.set() + ".");
        }
    }

    private boolean makesWay(InstalledSet candidate, String order) {
        boolean another = !next.isNone() && !next.set().equals(SetManifest.path(candidate.name(), candidate.counter()));
        return another && (next.beforeOrders() || order.isEmpty());
    }

    static boolean isBeforeSwitch(Step step) {
        return switch (step) {
            case FETCHING, VERIFIED, STAGED, EXAM, SHADOW -> true;
            case IDLE, SWITCHED, PROBATION, COMMITTED, REJECTED, ROLLED_BACK -> false;
        };
    }

    private static boolean isOnProbation(Step step) {
        return switch (step) {
            case SWITCHED, PROBATION -> true;
            case IDLE, FETCHING, VERIFIED, STAGED, EXAM, SHADOW, COMMITTED, REJECTED, ROLLED_BACK -> false;
        };
    }
}
