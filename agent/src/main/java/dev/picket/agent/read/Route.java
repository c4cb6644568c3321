package dev.picket.agent.read;

import dev.picket.sensors.Source;
import java.util.List;

/** A source and the tasks that each of its readings is asked. */
public record Route(Source source, List<String> tasks) {
    public Route {
        tasks = List.copyOf(tasks);
    }
}
