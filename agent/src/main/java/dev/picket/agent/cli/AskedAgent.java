package dev.picket.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.Decision;
import dev.picket.sensors.Reading;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Lets the running agent answer lines, with the Set that serves. */
final class AskedAgent {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LocalAgent agent;
    private final String path;
    private final boolean json;

    AskedAgent(LocalAgent agent, String task, boolean json) {
        this.agent = agent;
        this.path = "/api/classify?task=" + URLEncoder.encode(task, StandardCharsets.UTF_8);
        this.json = json;
    }

    String answer(Reading reading) throws CommandFailure {
        try {
            ObjectNode answer =
                    reading.text().isBlank() ? empty() : (ObjectNode) JSON.readTree(agent.post(path, reading.text()));
            if (json) {
                return JSON.writeValueAsString(
                        answer.put("cut", reading.cut() || answer.path("cut").asBoolean()));
            }
            return answer.has("error")
                    ? answer.path("decision").asText() + "  "
                            + answer.path("error").asText()
                    : "%-8s %-10s %.3f  %s"
                            .formatted(
                                    answer.path("decision").asText(),
                                    answer.path("label").asText(),
                                    answer.path("confidence").asDouble(),
                                    reading.text());
        } catch (JsonProcessingException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, "the agent's answer is no JSON: " + e.getOriginalMessage());
        }
    }

    /** Not worth a question; as the agent would say it. */
    private static ObjectNode empty() {
        ObjectNode answer = JSON.createObjectNode()
                .putNull("label")
                .put("confidence", 0)
                .put("decision", new Decision.Failed("empty").wireName());
        answer.putObject("probabilities");
        return answer.putNull("base")
                .putNull("task")
                .putNull("stage")
                .put("cached", false)
                .put("cut", false)
                .put("error", "the line is empty");
    }
}
