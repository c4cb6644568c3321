package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.console.RolloutBoard;
import dev.picket.agent.console.RolloutList;
import dev.picket.agent.rollout.Rollout;
import dev.picket.ota.json.StrictJson;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A rollout with its gateways, for people and for machines. */
final class RolloutView {
    private RolloutView() {}

    /** {@code spring: 3 proved, 1 fetching}. */
    static String line(Rollout rollout, RolloutBoard board) {
        return rollout.id() + ": " + counts(rollout, board);
    }

    private static String counts(Rollout rollout, RolloutBoard board) {
        Map<String, Integer> counts = board.counts(rollout);
        String told = counts.entrySet().stream()
                .map(each -> each.getValue() + " " + Printable.of(each.getKey()))
                .collect(Collectors.joining(", "));
        int all = counts.values().stream().mapToInt(Integer::intValue).sum();
        if (!told.isEmpty()) {
            return told + ", of " + all + " that are in";
        }
        return board.heard() == 0
                ? "no gateway has said anything yet"
                : "none of the " + board.heard() + " gateways that report is in";
    }

    /** One that this console has signed itself. */
    static void print(Rollout rollout, RolloutBoard board, boolean json, PrintWriter out) {
        print(rollout, board, "", json, out);
    }

    /** @param doubt why it is not to be believed; empty where it is */
    static void print(Rollout rollout, RolloutBoard board, String doubt, boolean json, PrintWriter out) {
        if (json) {
            out.println(json(rollout, board, doubt));
        } else {
            table(rollout, board, out);
            if (!doubt.isEmpty()) {
                out.println("The order is " + Printable.of(doubt) + ".");
            }
        }
        out.flush();
    }

    /** A line for each. */
    static void print(List<RolloutList.Found> all, boolean json, PrintWriter out) {
        if (all.isEmpty() && !json) {
            out.println("No rollout lies there.");
        }
        for (RolloutList.Found each : all) {
            Optional<Rollout> order = each.order();
            if (json) {
                out.println(order.map(rollout -> json(rollout, each.board(), each.doubt()))
                        .orElseGet(
                                () -> StrictJson.object().put("id", each.id()).put("doubt", each.doubt())));
            } else {
                String told = order.map(rollout -> "%-16s %-8s %3d %%  %s"
                                .formatted(
                                        rollout.set(),
                                        rollout.state().wireName(),
                                        rollout.percent(),
                                        counts(rollout, each.board())))
                        .orElse("");
                String doubt = each.doubt().isEmpty() ? "" : "  (" + each.doubt() + ")";
                out.println(Printable.of("%-16s %s%s".formatted(each.id(), told, doubt)));
            }
        }
        out.flush();
    }

    private static void table(Rollout rollout, RolloutBoard board, PrintWriter out) {
        out.printf(
                "%s: Set %s, revision %d, %s, %d %%%s, not after %s%n",
                rollout.id(),
                rollout.set(),
                rollout.revision(),
                rollout.state().wireName(),
                rollout.percent(),
                rollout.groups().isEmpty()
                        ? ""
                        : " of " + rollout.groups().stream().sorted().collect(Collectors.joining(", ")),
                rollout.notAfter());
        for (RolloutBoard.Entry each : board.entries(rollout)) {
            String state = each.reason().isEmpty() ? each.state() : each.state() + "(" + each.reason() + ")";
            out.println(Printable.of("  %-24s %-28s %s".formatted(each.gateway(), state, each.sentence()))
                    .stripTrailing());
        }
        out.println(line(rollout, board));
    }

    private static ObjectNode json(Rollout rollout, RolloutBoard board, String doubt) {
        ObjectNode json = StrictJson.object()
                .put("id", rollout.id())
                .put("revision", rollout.revision())
                .put("set", rollout.set())
                .put("state", rollout.state().wireName())
                .put("percent", rollout.percent())
                .put("notAfter", rollout.notAfter().toString())
                .put("verified", doubt.isEmpty())
                .put("doubt", doubt);
        ArrayNode groups = json.putArray("groups");
        rollout.groups().stream().sorted().forEach(groups::add);
        ObjectNode counts = json.putObject("counts");
        board.counts(rollout).forEach(counts::put);
        ArrayNode gateways = json.putArray("gateways");
        for (RolloutBoard.Entry each : board.entries(rollout)) {
            gateways.addObject()
                    .put("gateway", each.gateway())
                    .put("revision", each.revision())
                    .put("state", each.state())
                    .put("reason", each.reason())
                    .put("sentence", each.sentence());
        }
        return json;
    }
}
