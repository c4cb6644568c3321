package dev.picket.agent.console;

import dev.picket.agent.commands.RefusedException;
import dev.picket.agent.commands.Signed;
import dev.picket.agent.rollout.Claims;
import dev.picket.agent.rollout.Rollout;
import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.agent.uplink.Topics;
import dev.picket.ota.RejectedException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** All rollouts that lie at a broker for a site, with what gateways report of each. */
public final class RolloutList {
    /** More messages than that are of no console's interest: somebody fills the broker. */
    private static final int MOST_MESSAGES = 100_000;

    private RolloutList() {}

    /**
     * One of them.
     *
     * @param order empty where what lies there is no rollout
     * @param doubt why it is not to be believed, in one sentence; empty where it is
     */
    public record Found(String id, Optional<Rollout> order, String doubt, RolloutBoard board) {}

    /** Reads what is retained, until nothing more has come for this time; by id. */
    public static List<Found> read(ConsoleLink link, String site, RolloutTrust trust, Clock clock, Duration quiet)
            throws BrokerUnavailableException, InterruptedException {
        String orders = Topics.rolloutOf(site, "");
        Map<String, byte[]> tokens = new TreeMap<>();
        Map<String, byte[]> reports = new TreeMap<>();
        link.subscribe(List.of(orders + "+", new Target(site, null).reportFilter()));
        int messages = 0;
        for (Heard heard = link.next(quiet); heard != null && messages < MOST_MESSAGES; heard = link.next(quiet)) {
            messages++;
            if (!heard.topic().startsWith(orders)) {
                reports.put(heard.topic(), heard.payload());
            } else if (heard.payload().length > 0) {
                tokens.put(heard.topic().substring(orders.length()), heard.payload());
            }
        }
        List<Found> all = new ArrayList<>();
        for (Map.Entry<String, byte[]> each : tokens.entrySet()) {
            RolloutBoard board = new RolloutBoard(each.getKey());
            reports.forEach(board::hear);
            all.add(found(site, each.getKey(), each.getValue(), trust, clock, board));
        }
        return all;
    }

    private static Found found(
            String site, String id, byte[] token, RolloutTrust trust, Clock clock, RolloutBoard board) {
        try {
            Rollout order = Claims.parse(Signed.payloadOf(token)).rollout();
            return new Found(id, Optional.of(order), trust.doubt(site, id, token, clock.instant()), board);
        } catch (RefusedException | RejectedException e) {
            return new Found(id, Optional.empty(), "no rollout: " + e.getMessage(), board);
        }
    }
}
