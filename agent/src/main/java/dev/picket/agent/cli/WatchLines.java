package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.console.Ledger;
import dev.picket.agent.console.Sighting;
import dev.picket.ota.json.StrictJson;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.TreeMap;
import picocli.CommandLine.Help.Ansi;

/** How a watch is printed. */
sealed interface WatchLines {
    void saw(Sighting sighting, boolean again);

    void sums(Ledger ledger);

    /** A line each for people. */
    record Table(PrintWriter out, Clock clock) implements WatchLines {
        private static final DateTimeFormatter TIME =
                DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

        @Override
        public void saw(Sighting sighting, boolean again) {
            String kind = sighting.kind().wireName();
            String style = switch (sighting.kind()) {
                case ESCALATION -> "yellow";
                case DROPPED -> "red";
                case STATUS -> sighting.body().path("online").asBoolean() ? "green" : "red";
                case VERDICT, REPORT, OTHER -> "reset";
            };
            // Only words of our own are styled: others may hold the marks of a style.
            String styled = Ansi.AUTO.string("@|" + style + " %-11s|@".formatted(kind));
            out.println(TIME.format(clock.instant())
                    + " %-24s ".formatted(Printable.of(sighting.gateway()))
                    + styled
                    + Printable.of(detail(sighting) + (again ? "  again" : "")));
        }

        private static String detail(Sighting sighting) {
            JsonNode body = sighting.body();
            return switch (sighting.kind()) {
                case VERDICT, ESCALATION -> event(sighting, body);
                case DROPPED ->
                    "%s %d..%d %s%s"
                            .formatted(
                                    body.path("priority").asText(),
                                    body.path("from").asLong(),
                                    body.path("to").asLong(),
                                    body.path("reason").asText(),
                                    body.has("keeping") ? ", keeping each " + body.path("keeping") + "th" : "");
                case STATUS ->
                    body.path("online").asBoolean()
                            ? "online, agent %s, session %d"
                                    .formatted(
                                            body.path("agent").asText(),
                                            body.path("session").asLong())
                            : body.has("reason")
                                    ? "gone: " + body.path("reason").asText()
                                    : "gone without a word";
                case REPORT ->
                    "%s, queued %s, update %s%s"
                            .formatted(
                                    body.path("judging").asText(),
                                    body.path("queued"),
                                    body.path("update").asText("none"),
                                    body.path("troubles").isEmpty() ? "" : ", troubles " + body.path("troubles"));
                case OTHER -> sighting.heard().topic();
            };
        }

        private static String event(Sighting sighting, JsonNode body) {
            String label = body.has("label")
                    ? body.path("label").asText() + " "
                            + String.format(
                                    Locale.ROOT, "%.2f", body.path("confidence").asDouble())
                    : "-";
            String text = body.has("text") ? "  " + body.path("text").asText() : "";
            return "%s  %s  %s  %s%s"
                    .formatted(
                            body.path("decision").asText(),
                            label,
                            sighting.attribute("subject"),
                            sighting.attribute("id"),
                            text);
        }

        @Override
        public void sums(Ledger ledger) {
            out.printf(
                    "%d events, %d of them again, %d times told as dropped, %d missing%n",
                    ledger.received(), ledger.duplicates(), ledger.drops(), ledger.gaps());
            ledger.gapsByLine().forEach((line, gaps) -> out.printf("missing: %d of %s%n", gaps, Printable.of(line)));
        }
    }

    /** An object each for machines. */
    record Json(PrintWriter out, Clock clock) implements WatchLines {
        @Override
        public void saw(Sighting sighting, boolean again) {
            ObjectNode line = StrictJson.object()
                    .put("at", clock.instant().toString())
                    .put("gateway", sighting.gateway())
                    .put("kind", sighting.kind().wireName())
                    .put("topic", sighting.heard().topic())
                    .put("retained", sighting.heard().retained())
                    .put("again", again);
            ObjectNode properties = line.putObject("properties");
            new TreeMap<>(sighting.heard().properties()).forEach(properties::put);
            line.set("body", sighting.body().isMissingNode() ? null : sighting.body());
            out.println(line);
        }

        @Override
        public void sums(Ledger ledger) {
            ObjectNode line = StrictJson.object()
                    .put("kind", "sums")
                    .put("events", ledger.received())
                    .put("again", ledger.duplicates())
                    .put("dropped", ledger.drops())
                    .put("missing", ledger.gaps());
            ObjectNode missing = line.putObject("missingByLine");
            ledger.gapsByLine().forEach(missing::put);
            out.println(line);
        }
    }
}
