package dev.picket.agent.rows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Some rows.
 *
 * @param after where the next page begins
 * @param more whether there may be another one
 */
public record RowPage(List<ObjectNode> rows, RowCursor after, boolean more) {
    public RowPage {
        rows = List.copyOf(rows);
    }
}
