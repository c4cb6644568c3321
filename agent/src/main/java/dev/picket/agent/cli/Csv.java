package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.rows.RowJson;
import java.util.stream.Collectors;

/**
 * Rows as CSV by RFC 4180, one header line, CRLF. A value of text that a spreadsheet would run as a formula, one that begins
 * with {@code = + - @}, a tab or a line break, gets a {@code '} before it: texts come from anybody. Who wants texts to the
 * letter takes JSON lines.
 */
final class Csv {
    private static final String END = "\r\n";
    private static final String FORMULA_STARTS = "=+-@\t\r\n";

    private Csv() {}

    static String header() {
        return String.join(",", RowJson.COLUMNS) + END;
    }

    static String line(ObjectNode row) {
        return RowJson.COLUMNS.stream().map(column -> field(row.path(column))).collect(Collectors.joining(",")) + END;
    }

    private static String field(JsonNode value) {
        if (value.isNull() || value.isMissingNode()) {
            return "";
        }
        return quoted(value.isTextual() ? harmless(value.textValue()) : value.toString());
    }

    private static String harmless(String text) {
        return !text.isEmpty() && FORMULA_STARTS.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }

    private static String quoted(String text) {
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
        return plain ? text : "\"" + text.replace("\"", "\"\"") + "\"";
    }
}
