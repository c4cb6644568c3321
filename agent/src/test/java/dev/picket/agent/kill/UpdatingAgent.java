package dev.picket.agent.kill;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.Agent;
import dev.picket.agent.Host;
import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.PicketConfig;
import dev.picket.agent.journal.Depth;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.overlay.Overlays;
import dev.picket.agent.status.AgentStatus;
import dev.picket.agent.update.UpdateOrder;
import dev.picket.ota.update.Ended;
import dev.picket.ota.update.UpdateStatus;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * The whole agent with all its flows and the real model, without its page. It says {@code started}, answers each line on
 * its standard input with where it stands, after it has done what the line says, and stops in good order when that ends.
 */
final class UpdatingAgent {
    static final String ROLLBACK = "rollback";
    static final String POLL = "poll";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private UpdatingAgent() {}

    /** @param args its configuration */
    public static void main(String... args) throws Exception {
        PicketConfig config = ConfigLoader.load(Path.of(args[0]), Map.of());
        Host host = new Host(Overlays.none(config), () -> {});
        try (Agent agent = Agent.open(config, "digest", Clock.systemUTC(), _ -> {}, host);
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            agent.start();
            System.out.println("started");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.equals(ROLLBACK)) {
                    String from = agent.updates().status().active().orElseThrow();
                    agent.updates().order(new UpdateOrder.Rollback("by-hand", from));
                } else if (line.equals(POLL)) {
                    agent.updates().pollNow();
                }
                System.out.println(standing(agent));
            }
        }
    }

    private static ObjectNode standing(Agent agent) throws JournalUnavailableException {
        Depth depth = agent.journal().depth();
        long acknowledged = depth.ackedThrough().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        UpdateStatus update = agent.updates().status();
        AgentStatus status = agent.status().now();
        ObjectNode json = JSON.createObjectNode();
        json.put("step", update.step().wireName());
        json.put("active", update.active().orElse(""));
        json.put("serves", status.set());
        json.put("proved", update.proved());
        json.put("rows", depth.total() + acknowledged);
        json.put("troubles", String.join(" ", status.troubles()));
        json.put("last", update.last().map(UpdatingAgent::told).orElse(""));
        return json;
    }

    private static String told(Ended end) {
        return end.set() + " " + end.step().wireName() + " "
                + end.reason().map(each -> each.wireName()).orElse("");
    }
}
