package dev.picket.ota.release;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The cheaper base and its tasks that a Set asks before its own: the releases as this gateway takes them. Its tasks are
 * never asked by a source, only by tasks of the Set, so all of them come along.
 */
public record FirstStage(Release base, List<Release> tasks) {
    public FirstStage {
        tasks = List.copyOf(tasks);
    }

    /** Base and tasks. */
    public Stream<Release> releases() {
        return Stream.concat(Stream.of(base), tasks.stream());
    }

    static FirstStage parse(Fields fields, ReleaseLimits limits) throws RejectedException {
        List<Release> tasks = new ArrayList<>();
        for (Fields each : fields.objects("tasks", limits.tasks())) {
            tasks.add(Release.parse(each, limits));
        }
        return new FirstStage(Release.parse(fields.object("base"), limits), tasks);
    }

    ObjectNode toJson() {
        ObjectNode json = StrictJson.object();
        json.set("base", base.toJson());
        ArrayNode list = json.putArray("tasks");
        tasks.forEach(each -> list.add(each.toJson()));
        return json;
    }
}
