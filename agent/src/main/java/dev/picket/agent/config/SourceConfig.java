package dev.picket.agent.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the section {@code sources}.
 *
 * @param name stands in topics and ids: 1 to 64 bytes
 * @param kind {@code file}: a file that is followed; {@code stdin}: standard input, to its end; {@code http}: texts that are
 *     posted to {@code /api/sources/NAME/readings} beside the page
 * @param path the file to follow; only for {@code file}
 * @param tasks what readings are asked, by the tasks' names, in this order; at least one
 * @param leave whether texts may leave the gateway: {@code none} or {@code full}
 * @param store how texts are kept on the gateway, for {@code retention.text}
 * @param maxLineBytes the longest text; a longer one is cut there and marked
 * @param poll how often the file is looked at once all of it is read
 * @param priority {@code high}: its readings are judged before those of {@code normal} sources, however many of theirs wait
 * @param whenBehind what is done with readings that are older than {@code behind-after} when their turn comes: {@code wait}:
 *     each is judged all the same; {@code sample}: every n-th is, n growing with the age; {@code skip}: none is until the
 *     source is nearly up to date. What is not judged is dropped and counted
 * @param behindAfter how old that is
 * @param inbox how pushed readings are kept; only for {@code http}
 */
public record SourceConfig(
        String name,
        @Default("file") Kind kind,
        @Nullable Path path,
        List<TaskConfig> tasks,
        @Default("none") Leave leave,
        @Default("full") Store store,
        @Default("8KiB") @Range(min = 16, max = 1 << 20) long maxLineBytes,
        @Default("250ms") @Range(min = 1, max = 60_000) Duration poll,
        @Default("normal") Urgency priority,
        @Default("wait") WhenBehind whenBehind,

        @Default("1m") @Range(min = 10, max = 31L * 86_400_000)
        Duration behindAfter,

        InboxConfig inbox) {
    /** Where readings come from. */
    public enum Kind {
        FILE,
        STDIN,
        HTTP
    }

    /** Whose readings are judged first. */
    public enum Urgency {
        NORMAL,
        HIGH
    }

    /** What is done when readings come faster than they are judged. */
    public enum WhenBehind {
        WAIT,
        SAMPLE,
        SKIP
    }

    /** What of a text leaves the gateway. */
    public enum Leave {
        NONE,
        FULL,
        HASH,
        REDACT
    }

    /** What of a text is kept. */
    public enum Store {
        FULL,
        HASH,
        REDACT
    }

    public SourceConfig {
        tasks = List.copyOf(tasks);
        TopicName.checked("the source's name", name);
        require(kind != Kind.FILE || path != null, "source '" + name + "' follows a file and names none; set 'path'");
        require(
                kind == Kind.FILE || path == null,
                "source '" + name + "' is of kind " + lower(kind)
                        + " and names a file; remove 'path', or set 'kind' to file");
        require(!tasks.isEmpty(), "source '" + name + "' is routed to no task; name one or more in 'tasks'");
        requireOrder(name, tasks);
        require(
                leave == Leave.NONE || leave == Leave.FULL,
                "'leave: " + lower(leave) + "' does not exist yet; use none or full");
        require(store == Store.FULL, "'store: " + lower(store) + "' does not exist yet; use full");
    }

    /** The tasks' names, in order. */
    public List<String> taskNames() {
        return tasks.stream().map(TaskConfig::task).toList();
    }

    /** What a task depends on is asked before it, so there are no circles. */
    private static void requireOrder(String name, List<TaskConfig> tasks) {
        Set<String> before = new HashSet<>();
        for (TaskConfig each : tasks) {
            require(
                    each.when() == null || before.contains(each.when()),
                    "source '" + name + "' asks '" + each.task() + "' upon the answer of '" + each.when()
                            + "', which is not asked before it; put that before it in 'tasks'");
            require(before.add(each.task()), "source '" + name + "' names a task twice in 'tasks'; remove one");
        }
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }
}
