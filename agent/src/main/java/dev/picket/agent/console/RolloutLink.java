package dev.picket.agent.console;

import dev.picket.agent.commands.RefusedException;
import dev.picket.agent.commands.Signed;
import dev.picket.agent.config.TopicName;
import dev.picket.agent.rollout.Claims;
import dev.picket.agent.rollout.Rollout;
import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.agent.uplink.Topics;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.repository.KeyFile;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A console's way to one rollout of a site: the order that lies at the broker, and what gateways report of it. */
public final class RolloutLink {
    private static final Duration LOOK = Duration.ofMillis(200);

    /** Hears what happens meanwhile. */
    public interface Listener {
        /** A gateway says another thing. */
        void changed(RolloutBoard board);

        /** The connection broke. */
        void broke(String sentence);

        /** Whether to go on. */
        boolean goesOn();
    }

    private final ConsoleLink link;
    private final String site;
    private final Clock clock;
    private final String id;
    private final RolloutTrust trust;
    private final RolloutBoard board;
    private final String topic;
    private @Nullable Rollout order;
    private String fault = "";
    private String doubt = "";

    /** @throws IllegalArgumentException with one sentence when a name cannot stand in a topic */
    public RolloutLink(ConsoleLink link, String site, String id, RolloutTrust trust, Clock clock) {
        this.link = link;
        this.site = TopicName.checked("the site", site);
        this.clock = clock;
        this.id = id;
        this.trust = trust;
        this.board = new RolloutBoard(id);
        this.topic = Topics.rolloutOf(site, TopicName.checked("the rollout's id", id));
    }

    /**
     * What lies at the broker, and what all gateways have said; returns once nothing more has come for this time.
     *
     * @return empty where there is no such rollout
     * @throws RejectedException when what lies there is no rollout
     */
    public Optional<Rollout> read(Duration quiet)
            throws BrokerUnavailableException, InterruptedException, RejectedException {
        link.subscribe(List.of(topic, new Target(site, null).reportFilter()));
        for (Heard heard = link.next(quiet); heard != null; heard = link.next(quiet)) {
            take(heard);
        }
        if (!fault.isEmpty()) {
            throw new RejectedException(Reason.MALFORMED, fault);
        }
        return Optional.ofNullable(order);
    }

    /** Why the order that lies there is not to be believed, in one sentence; empty where it is. */
    public String doubt() {
        return doubt;
    }

    public RolloutBoard board() {
        return board;
    }

    /** Signs it and lets it lie at the broker. */
    public void say(Rollout rollout, KeyFile key) throws BrokerUnavailableException {
        Claims claims = new Claims(site + "/*", clock.instant(), rollout);
        link.retain(topic, Orders.jws(key, claims.toJson()));
        order = rollout;
        doubt = "";
    }

    /**
     * Follows the gateways until all have ended, nothing has changed for a while, and nobody else has changed the order.
     *
     * @return false when the time was over before
     */
    public boolean follow(Rollout rollout, Duration patience, Duration quiet, Listener listener)
            throws BrokerUnavailableException, InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        long changed = System.nanoTime();
        listener.changed(board);
        while (listener.goesOn() && System.nanoTime() < until) {
            if (board.isOver(Objects.requireNonNullElse(order, rollout))
                    && System.nanoTime() - changed > quiet.toNanos()) {
                return true;
            }
            try {
                Heard heard = link.next(LOOK);
                if (heard != null && take(heard)) {
                    changed = System.nanoTime();
                    listener.changed(board);
                }
            } catch (BrokerUnavailableException e) {
                listener.broke(Objects.toString(e.getMessage(), "") + "; trying again");
                link.reopen(Duration.ofNanos(until - System.nanoTime()));
            }
        }
        return false;
    }

    /** The order as it was said last, by whomever. */
    public Optional<Rollout> order() {
        return Optional.ofNullable(order);
    }

    private boolean take(Heard heard) {
        if (!heard.topic().equals(topic)) {
            return board.hear(heard.topic(), heard.payload());
        }
        if (heard.payload().length == 0) {
            return false;
        }
        try {
            Rollout said = Claims.parse(Signed.payloadOf(heard.payload())).rollout();
            if (!said.id().equals(id)) {
                throw new RejectedException(Reason.MALFORMED, "it is the order of rollout '" + said.id() + "'.");
            }
            boolean newer = order == null || said.revision() > order.revision();
            order = newer ? said : order;
            doubt = newer ? trust.doubt(site, id, heard.payload(), clock.instant()) : doubt;
            fault = "";
            return newer;
        } catch (RefusedException | RejectedException e) {
            fault = "What lies at " + topic + " is no rollout: " + e.getMessage();
            return false;
        }
    }
}
