package dev.picket.agent.console;

import com.fasterxml.jackson.databind.JsonNode;
import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.agent.uplink.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Follows what gateways say, and keeps book of their numbered events in a {@link Ledger}. */
public final class Watch {
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final List<String> KINDS = List.of("status", "report", "verdict/+", "escalation/+", "dropped");

    /** Hears what comes. */
    public interface Listener {
        /** @param again whether the same event had come before */
        void saw(Sighting sighting, boolean again);

        /** The connection broke. */
        void broke(String sentence);
    }

    /**
     * When to end.
     *
     * @param time null: never by itself
     * @param count of messages; null: any
     * @param reconnect how long a break may last
     */
    public record Limits(@Nullable Duration time, @Nullable Long count, Duration reconnect) {}

    private final ConsoleLink link;
    private final Ledger ledger = new Ledger();
    private final Limits limits;
    private final Listener listener;
    private final boolean present;
    private volatile boolean stopping;

    /** @param present whether gateways that wait for a console are told that one is there */
    public Watch(ConsoleLink link, boolean present, Limits limits, Listener listener) {
        this.link = link;
        this.present = present;
        this.limits = limits;
        this.listener = listener;
    }

    public Ledger ledger() {
        return ledger;
    }

    /** Ends {@link #run} soon. */
    public void stop() {
        stopping = true;
    }

    /**
     * @param site null: all
     * @param gateway null: all
     * @throws BrokerUnavailableException when a break lasted longer than it may
     */
    public void run(@Nullable String site, @Nullable String gateway)
            throws BrokerUnavailableException, InterruptedException {
        String root = Topics.ROOT + or(site) + "/" + or(gateway) + "/";
        link.subscribe(KINDS.stream().map(each -> root + each).toList());
        if (present) {
            link.subscribe(List.of(Topics.CONSOLE_STATUS));
            link.announce(true);
        }
        try {
            follow();
        } finally {
            leave();
        }
    }

    private void follow() throws BrokerUnavailableException, InterruptedException {
        long until = limits.time() == null ? Long.MAX_VALUE : limits.time().toNanos();
        long began = System.nanoTime();
        long left = limits.count() == null ? Long.MAX_VALUE : limits.count();
        while (!stopping && left > 0 && System.nanoTime() - began < until) {
            try {
                Heard heard = link.next(LOOK);
                if (heard != null && heard.topic().equals(Topics.CONSOLE_STATUS)) {
                    contradict(heard);
                } else if (heard != null) {
                    take(Sighting.of(heard));
                    left--;
                }
            } catch (BrokerUnavailableException e) {
                listener.broke(Objects.toString(e.getMessage(), "") + "; trying again");
                link.reopen(limits.reconnect());
                if (present) {
                    link.announce(true);
                }
            }
        }
    }

    /** Another console left, and said that none is there. */
    private void contradict(Heard status) throws BrokerUnavailableException {
        if (present && !Sighting.of(status).body().path("online").asBoolean()) {
            link.announce(true);
        }
    }

    private void leave() {
        try {
            if (present) {
                link.announce(false);
            }
        } catch (BrokerUnavailableException e) {
            listener.broke("Gateways may take this console for present a while longer: " + e.getMessage());
        }
    }

    private void take(Sighting sighting) {
        listener.saw(
                sighting,
                switch (sighting.kind()) {
                    case VERDICT, ESCALATION -> !event(sighting);
                    case DROPPED -> {
                        dropped(sighting.gateway(), sighting.body());
                        yield false;
                    }
                    case STATUS, REPORT, OTHER -> false;
                });
    }

    private boolean event(Sighting sighting) {
        String seq = sighting.attribute("seq");
        return !seq.matches("[0-9]{1,18}")
                || ledger.event(
                        sighting.gateway(),
                        sighting.attribute("epoch"),
                        sighting.attribute("priority"),
                        Long.parseLong(seq));
    }

    private void dropped(String gateway, JsonNode body) {
        if (body.path("from").canConvertToLong() && body.path("to").canConvertToLong()) {
            JsonNode keeping = body.path("keeping");
            ledger.dropped(
                    gateway,
                    body.path("epoch").asText(),
                    body.path("priority").asText(),
                    body.path("from").asLong(),
                    body.path("to").asLong(),
                    keeping.canConvertToLong() && keeping.asLong() > 0 ? keeping.asLong() : null);
        }
    }

    private static String or(@Nullable String name) {
        return name == null ? "+" : name;
    }
}
