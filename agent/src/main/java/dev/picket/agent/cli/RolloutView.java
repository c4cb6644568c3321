package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.console.RolloutBoard;
import dev.picket.agent.rollout.Rollout;
import dev.picket.ota.json.StrictJson;
import java.io.PrintWriter;
import java.util.Map;
import java.util.stream.Collectors;

/** A rollout with its gateways, for people and for machines. */
final class RolloutView {
    private RolloutView() {}

    /** {@code spring: 3 proved, 1 fetching}. */
    static String line(Rollout rollout, RolloutBoard board) {
        Map<String, Integer> counts = board.counts(rollout);
        String told = counts.entrySet().stream()
                .map(each -> each.getValue() + " " + Printable.of(each.getKey()))
                .collect(Collectors.joining(", "));
        return rollout.id() + ": " + (told.isEmpty() ? "no gateway has said anything yet" : told);
    }

    static void print(Rollout rollout, RolloutBoard board, boolean json, PrintWriter out) {
        if (json) {
            out.println(json(rollout, board));
        } else {
            table(rollout, board, out);
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

    private static ObjectNode json(Rollout rollout, RolloutBoard board) {
        ObjectNode json = StrictJson.object()
                .put("id", rollout.id())
                .put("revision", rollout.revision())
                .put("set", rollout.set())
                .put("state", rollout.state().wireName())
                .put("percent", rollout.percent())
                .put("notAfter", rollout.notAfter().toString());
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
