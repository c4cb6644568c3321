package dev.picket.agent.commands;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What became of the commands that came since this start. */
public final class CommandCounts {
    /** Stands for every verb that there is not, so that nobody outside makes this grow. */
    static final String UNKNOWN = "unknown";

    private record Answered(String verb, int status) {}

    private final Map<Answered, LongAdder> answered = new ConcurrentHashMap<>();
    private final Map<Refusal.Reason, LongAdder> refused = new ConcurrentHashMap<>();

    void answered(String verb, int status) {
        answered.computeIfAbsent(new Answered(verb, status), _ -> new LongAdder())
                .increment();
    }

    void refused(Refusal.Reason reason) {
        refused.computeIfAbsent(reason, _ -> new LongAdder()).increment();
    }

    /** Replies, as {@code verb status}: those of jobs' ends included, those sent again not. */
    public Map<String, Long> answered() {
        return named(answered, each -> each.verb() + " " + each.status());
    }

    /** Commands that were not run, by reason. */
    public Map<String, Long> refused() {
        return named(refused, Refusal.Reason::wireName);
    }

    private static <K> Map<String, Long> named(Map<K, LongAdder> counts, Function<K, String> name) {
        return counts.entrySet().stream()
                .collect(Collectors.toMap(
                        each -> name.apply(each.getKey()),
                        each -> each.getValue().sum(),
                        Long::sum,
                        TreeMap::new));
    }
}
