package dev.picket.ota.update;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.time.Duration;
import java.util.Map;

/**
 * How far a probation has come, saved now and then, so that a restart does not begin it anew: a gateway that restarts
 * more often than a probation lasts would never end one.
 *
 * @param left of the time to watch
 * @param coldLoaded whether the Set has been loaded from the disk since the switch
 * @param figures counted so far, by name; what the Set is held against among them
 */
public record Watched(Duration left, boolean coldLoaded, Map<String, Double> figures) {
    public Watched {
        figures = new Figures("", figures).values();
    }

    static Watched parse(Fields fields) throws RejectedException {
        return new Watched(
                Duration.ofMillis(fields.number("leftMillis", 0, Long.MAX_VALUE)),
                fields.flag("coldLoaded"),
                Figures.parseValues(fields.object("figures")));
    }

    ObjectNode toJson() {
        ObjectNode json = StrictJson.object().put("leftMillis", left.toMillis()).put("coldLoaded", coldLoaded);
        json.set("figures", Figures.toJson(figures));
        return json;
    }
}
