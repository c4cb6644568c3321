package dev.picket.agent.rollout;

import dev.picket.agent.commands.LogLimit;
import dev.picket.agent.commands.Refusal;
import dev.picket.agent.commands.RefusedException;
import dev.picket.agent.state.RolloutRows;
import dev.picket.agent.state.SavedRollout;
import dev.picket.agent.state.State;
import dev.picket.agent.state.StateUnavailableException;
import dev.picket.agent.uplink.BrokerConnection;
import dev.picket.agent.uplink.Incoming;
import dev.picket.agent.uplink.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes rollouts from the wire into state.db; acknowledged once saved, or refused. What is refused only for now, because the
 * keys or the time have not come yet, is looked at again: the broker gives a retained message once a connection.
 */
final class RolloutInbox implements Consumer<Incoming> {
    private static final Logger LOG = LoggerFactory.getLogger(RolloutInbox.class);
    private static final Set<Refusal.Reason> FOR_NOW =
            Set.of(Refusal.Reason.NO_KEYS, Refusal.Reason.UNKNOWN_KEY, Refusal.Reason.ISSUED_AHEAD);

    private final State state;
    private final Topics topics;
    private final RolloutRules rules;
    private final InstantSource now;
    private final Rollouts.Limits limits;
    private final BlockingQueue<Incoming> waiting;
    /** By topic: what was refused for now, bounded. */
    private final Map<String, byte[]> later = new LinkedHashMap<>();

    private final Map<String, Long> refused = new TreeMap<>();
    private final LogLimit told = new LogLimit(Duration.ofMinutes(1));
    private @Nullable Incoming held;
    private volatile @Nullable BrokerConnection overflowed;
    private long lookedAgain = System.nanoTime();

    RolloutInbox(State state, Topics topics, RolloutRules rules, InstantSource now, Rollouts.Limits limits) {
        this.state = state;
        this.topics = topics;
        this.rules = rules;
        this.now = now;
        this.limits = limits;
        this.waiting = new ArrayBlockingQueue<>(limits.places());
    }

    /** From a thread of the link; never blocks. What finds no place comes again on the next connection. */
    @Override
    public void accept(Incoming message) {
        if (!waiting.offer(message)) {
            overflowed = message.connection();
        }
    }

    /** Takes what has come, waiting for it for a tick at most. */
    void take() throws InterruptedException {
        Incoming message = held != null ? held : waiting.poll(limits.tick().toMillis(), TimeUnit.MILLISECONDS);
        held = null;
        if (message == null) {
            endOverflow();
            lookAgain();
            return;
        }
        if (!message.connection().isOpen()) {
            // It comes again on the next one.
            return;
        }
        try {
            take(message.topic(), message.payload());
            message.connection().acknowledge(message);
        } catch (StateUnavailableException e) {
            // Neither acknowledged nor forgotten.
            held = message;
            LOG.error("A rollout waits, because it cannot be saved: {}", e.getMessage());
            TimeUnit.MILLISECONDS.sleep(limits.tick().toMillis());
        }
    }

    /** How many were refused since this start, by reason. */
    synchronized Map<String, Long> refused() {
        return Map.copyOf(refused);
    }

    private void take(String topic, byte[] token) throws StateUnavailableException {
        later.remove(topic);
        if (token.length == 0) {
            LOG.debug("{} was cleared, which changes nothing", topic);
            return;
        }
        try {
            accept(topics.rollout(topic), token);
        } catch (RefusedException e) {
            refuse(topic, e.refusal());
            if (FOR_NOW.contains(e.refusal().reason()) && token.length <= limits.maxBytes()) {
                keep(topic, token);
            }
        }
    }

    private void accept(String id, byte[] token) throws RefusedException, StateUnavailableException {
        Instant instant = now.instant();
        Rollout rollout = rules.verify(id, token, instant, state.memory(instant).since());
        SavedRollout row = new SavedRollout(id, rollout.revision(), token, rollout.notAfter(), false, null);
        RolloutRows.Taken taken = state.rollouts().take(row, limits.most(), instant);
        switch (taken) {
            case TAKEN ->
                LOG.info(
                        "Rollout {} of Set {}, revision {}: {}, {} %",
                        id, rollout.set(), rollout.revision(), rollout.state().wireName(), rollout.percent());
            case KNOWN -> checkSame(rollout);
            case OLDER ->
                throw new RefusedException(
                        Refusal.Reason.REPLAYED,
                        409,
                        "Revision %d of the rollout %s is older than the one that was taken."
                                .formatted(rollout.revision(), id));
            case NO_ROOM ->
                throw new RefusedException(
                        Refusal.Reason.NO_ROOM,
                        503,
                        "%d rollouts are remembered, and each may still be begun; end one, or raise rollouts.most."
                                .formatted(limits.most()));
        }
    }

    /** The same revision is a no-op; with another content one of the two is not what the console thinks it is. */
    private void checkSame(Rollout rollout) throws RefusedException, StateUnavailableException {
        for (SavedRollout each : state.rollouts().all()) {
            if (each.id().equals(rollout.id())
                    && !RolloutRules.saved(each.token()).rollout().equals(rollout)) {
                throw new RefusedException(
                        Refusal.Reason.REPLAYED,
                        409,
                        "Revision %d of the rollout %s was taken with another content; give it the next number."
                                .formatted(rollout.revision(), rollout.id()));
            }
        }
    }

    private void lookAgain() {
        long nanos = System.nanoTime();
        if (later.isEmpty() || nanos - lookedAgain < limits.retry().toNanos()) {
            return;
        }
        lookedAgain = nanos;
        for (Map.Entry<String, byte[]> each : Map.copyOf(later).entrySet()) {
            try {
                accept(topics.rollout(each.getKey()), each.getValue());
                later.remove(each.getKey());
            } catch (RefusedException e) {
                if (!FOR_NOW.contains(e.refusal().reason())) {
                    later.remove(each.getKey());
                    refuse(each.getKey(), e.refusal());
                }
            } catch (StateUnavailableException e) {
                LOG.error("A rollout waits, because it cannot be saved: {}", e.getMessage());
                return;
            }
        }
    }

    private void keep(String topic, byte[] token) {
        if (later.size() >= limits.most()) {
            later.remove(later.keySet().iterator().next());
        }
        later.put(topic, token);
    }

    private synchronized void refuse(String topic, Refusal refusal) {
        refused.merge(refusal.reason().wireName(), 1L, Long::sum);
        if (told.mayLog()) {
            LOG.warn(
                    "What came on {} is not taken ({}): {}",
                    topic,
                    refusal.reason().wireName(),
                    refusal.sentence());
        }
    }

    private void endOverflow() {
        BrokerConnection full = overflowed;
        if (full != null) {
            overflowed = null;
            LOG.warn("More rollouts came than the inbox holds; connecting again, so that the broker repeats the rest");
            full.abort();
        }
    }
}
