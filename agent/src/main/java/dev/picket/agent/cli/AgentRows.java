package dev.picket.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.rows.RowCursor;
import dev.picket.agent.rows.RowFilter;
import dev.picket.agent.rows.RowPage;
import dev.picket.agent.rows.Rows;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of the agent that runs on this machine. */
record AgentRows(LocalAgent agent) implements Rows<CommandFailure> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public RowPage page(RowCursor after, RowCursor through, int max, RowFilter filter) throws CommandFailure {
        return read("/api/rows?after=" + after + "&through=" + through + "&max=" + max + words(filter));
    }

    @Override
    public RowPage latest(int max, RowFilter filter) throws CommandFailure {
        return read("/api/rows/latest?max=" + max + words(filter));
    }

    private RowPage read(String path) throws CommandFailure {
        try {
            JsonNode page = JSON.readTree(agent.get(path));
            List<ObjectNode> rows = new ArrayList<>();
            for (JsonNode each : page.path("rows")) {
                if (each instanceof ObjectNode row) {
                    rows.add(row);
                }
            }
            RowCursor after = RowCursor.parse(page.path("after").asText());
            return new RowPage(rows, after, page.path("more").asBoolean());
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "the agent's answer cannot be read; is it of this version? " + e.getMessage());
        }
    }

    private static String words(RowFilter filter) {
        return word("source", filter.source())
                + word("decision", filter.decision())
                + word("from", filter.from())
                + word("to", filter.to());
    }

    private static String word(String name, @Nullable Object value) {
        return value == null ? "" : "&" + name + "=" + URLEncoder.encode(value.toString(), StandardCharsets.UTF_8);
    }
}
