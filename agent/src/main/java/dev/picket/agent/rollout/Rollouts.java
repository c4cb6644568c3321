package dev.picket.agent.rollout;

import dev.picket.agent.commands.CommandKeys;
import dev.picket.agent.commands.RefusedException;
import dev.picket.agent.config.GatewayConfig;
import dev.picket.agent.config.RolloutsConfig;
import dev.picket.agent.pulse.Pulse;
import dev.picket.agent.state.SavedRollout;
import dev.picket.agent.state.State;
import dev.picket.agent.state.StateUnavailableException;
import dev.picket.agent.update.UpdateLoop;
import dev.picket.agent.uplink.Incoming;
import dev.picket.agent.uplink.ReportParts;
import dev.picket.agent.uplink.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rollouts' thread: {@code BrokerLink -> RolloutInbox -> State}, and from there {@code Decision -> UpdateLoop}.
 *
 * <pre>
 *   taken (saved) --Begin--> begun (saved) -> ordered of the update flow -> its end (saved)
 *                                  '-- cannot be now --> taken, looked at again after a while
 * </pre>
 *
 * One at a time is with the update flow, in the order in which they came. Survives a crash: all that was saved. A rollout
 * found begun is ordered again under the same name, and the update flow goes on with it or says how it ended.
 */
public final class Rollouts implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Rollouts.class);
    private static final int SHOWN = 16;

    /**
     * @param most how many are remembered
     * @param places how many wait to be read; no fewer than the receive maximum that the broker was told
     * @param maxBytes the largest token
     * @param tick how often time and update flow are looked at
     * @param retry how long to wait before what could not be done now is tried again
     */
    public record Limits(int most, int places, long maxBytes, Duration tick, Duration retry) {}

    private final boolean takes;
    private final Decision.Here here;
    private final State state;
    private final RolloutRules rules;
    private final RolloutInbox inbox;
    private final UpdateLoop updates;
    private final UnderWay underWay;
    private final Limits limits;
    /** By id: not before this time of the uptime, and why. */
    private final Map<String, Held> held = new HashMap<>();

    private volatile List<ReportParts.Rollout> list = List.of();
    private volatile boolean stopping;

    private record Held(long untilNanos, String why) {}

    public Rollouts(
            RolloutsConfig config,
            GatewayConfig gateway,
            State state,
            CommandKeys keys,
            UpdateLoop updates,
            Limits limits) {
        this.takes = config.take();
        this.here = new Decision.Here(gateway.name(), Set.copyOf(config.groups()), config.take(), config.spread());
        this.state = state;
        this.rules = new RolloutRules(gateway.site(), keys, limits.maxBytes());
        this.inbox = new RolloutInbox(state, new Topics(gateway), rules, updates::now, limits);
        this.updates = updates;
        this.underWay = new UnderWay(updates);
        this.limits = limits;
    }

    /** Where rollouts arrive; never blocks. */
    public Consumer<Incoming> inbox() {
        return takes ? inbox : message -> message.connection().acknowledge(message);
    }

    /** Those that concern this gateway, newest first, and how many were refused. */
    public ReportParts.Rollouts report() {
        return new ReportParts.Rollouts(takes, here.groups(), list, inbox.refused());
    }

    /** Tells the loop to end; what is with the update flow stays begun. */
    public void stop() {
        stopping = true;
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                Pulse.beat();
                look();
                inbox.take();
            }
        } catch (InterruptedException e) {
            LOG.debug("The rollouts' thread was interrupted and ends");
        }
    }

    private void look() {
        try {
            List<ReportParts.Rollout> told = new ArrayList<>();
            List<SavedRollout> all = state.rollouts().all();
            for (SavedRollout each : all) {
                boolean others = all.stream()
                        .anyMatch(other -> !other.id().equals(each.id()) && other.begun() && other.end() == null);
                look(each, others, told);
            }
            list = told.reversed().stream().limit(SHOWN).toList();
        } catch (StateUnavailableException e) {
            LOG.error("Rollouts wait: {}", e.getMessage());
        }
    }

    /** @param others whether another one is begun and has not ended */
    private void look(SavedRollout saved, boolean others, List<ReportParts.Rollout> told)
            throws StateUnavailableException {
        Claims claims;
        try {
            claims = RolloutRules.saved(saved.token());
        } catch (RefusedException e) {
            LOG.error("The saved rollout {} cannot be read: {}", saved.id(), e.getMessage());
            return;
        }
        Rollout rollout = claims.rollout();
        switch (Decision.of(rollout, claims.issuedAt(), saved, here, updates.now())) {
            case Decision.Out _ -> {}
            case Decision.Over _ -> told.add(ended(rollout, saved.end()));
            case Decision.Wait(String why) -> told.add(told(rollout, UnderWay.SCHEDULED, why));
            case Decision.End(SavedRollout.End end) -> {
                state.rollouts().ended(saved.id(), end);
                told.add(ended(rollout, end));
            }
            case Decision.Begin _ -> told.add(begin(rollout, saved, others));
            case Decision.Follow _ -> told.add(follow(rollout));
            case Decision.Withdraw _ -> {
                underWay.withdraw(saved.id());
                held.remove(saved.id());
                told.add(follow(rollout));
            }
        }
    }

    /** Saved before it is ordered. A key that was revoked since begins nothing. */
    private ReportParts.Rollout begin(Rollout rollout, SavedRollout saved, boolean others)
            throws StateUnavailableException {
        if (isHeld(rollout)) {
            return told(rollout, UnderWay.SCHEDULED, why(rollout));
        }
        if (others || !underWay.isFree()) {
            return told(rollout, UnderWay.SCHEDULED, "It waits for another rollout.");
        }
        try {
            rules.verify(saved.id(), saved.token(), updates.now(), Instant.MIN);
        } catch (RefusedException e) {
            return told(rollout, UnderWay.SCHEDULED, String.valueOf(e.getMessage()));
        }
        state.rollouts().begun(rollout.id(), true);
        return follow(rollout);
    }

    private ReportParts.Rollout follow(Rollout rollout) throws StateUnavailableException {
        if (underWay.isFree() && !isHeld(rollout)) {
            underWay.begin(rollout);
        }
        if (!underWay.is(rollout.id())) {
            return told(rollout, underWay.state(rollout.id()), why(rollout));
        }
        return switch (underWay.look(rollout)) {
            case UnderWay.Standing.Going _ -> told(rollout, underWay.state(rollout.id()), "");
            case UnderWay.Standing.Ended(SavedRollout.End end) -> {
                state.rollouts().ended(rollout.id(), end);
                held.remove(rollout.id());
                LOG.info(
                        "Rollout {} of Set {} has ended: {} {}",
                        rollout.id(),
                        rollout.set(),
                        end.state(),
                        end.reason());
                yield ended(rollout, end);
            }
            case UnderWay.Standing.Unavailable(String why, boolean begun) -> {
                held.put(
                        rollout.id(),
                        new Held(System.nanoTime() + limits.retry().toNanos(), why));
                state.rollouts().begun(rollout.id(), begun);
                yield told(rollout, underWay.state(rollout.id()), why);
            }
        };
    }

    private boolean isHeld(Rollout rollout) {
        Held last = held.get(rollout.id());
        return last != null && System.nanoTime() - last.untilNanos() < 0;
    }

    private String why(Rollout rollout) {
        Held last = held.get(rollout.id());
        return last == null ? "It waits for the update that is under way." : last.why();
    }

    private static ReportParts.Rollout ended(Rollout rollout, SavedRollout.@Nullable End end) {
        return end == null
                ? told(rollout, UnderWay.SCHEDULED, "")
                : new ReportParts.Rollout(
                        rollout.id(), rollout.revision(), rollout.set(), end.state(), end.reason(), end.sentence());
    }

    private static ReportParts.Rollout told(Rollout rollout, String state, String sentence) {
        return new ReportParts.Rollout(rollout.id(), rollout.revision(), rollout.set(), state, "", sentence);
    }
}
