package dev.picket.ota.release;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One base and its tasks: the target {@code sets/{name}/{counter}.json}.
 *
 * <p>It may hold a first stage: {@code "firstStage": {"base": member, "tasks": [member…]}}, a cheaper base that is asked
 * before. An agent that does not know first stages would not see it, so a task that has a cascade must ask for an agent
 * that does; such an agent refuses the task's {@code task.json} besides.
 *
 * @param tasks each of a name of its own
 * @param firstStage null: there is none
 */
public record SetManifest(
        String name,
        long counter,
        Member base,
        List<Member> tasks,
        @Nullable First firstStage) {
    public SetManifest {
        tasks = List.copyOf(tasks);
    }

    /** One without a first stage. */
    public SetManifest(String name, long counter, Member base, List<Member> tasks) {
        this(name, counter, base, tasks, null);
    }

    /**
     * A first stage.
     *
     * @param tasks one or more, each of a name that no other task of the Set has
     */
    public record First(Member base, List<Member> tasks) {
        public First {
            tasks = List.copyOf(tasks);
        }

        private ObjectNode toJson() {
            ObjectNode json = StrictJson.object();
            json.set("base", base.toJson());
            ArrayNode list = json.putArray("tasks");
            tasks.forEach(each -> list.add(each.toJson()));
            return json;
        }
    }

    /**
     * A release by its target path, and the digest that it must have.
     *
     * @param release {@code releases/{base|task}/{name}/{counter}.json}
     */
    public record Member(String release, String digest) {
        /** The release's name, out of its path. */
        public String name() {
            return release.split("/", -1)[2];
        }

        private static Member parse(Fields fields, Kind kind) throws RejectedException {
            String path = fields.text("release", 256);
            String[] parts = path.split("/", -1);
            boolean fits = parts.length == 4
                    && parts[0].equals("releases")
                    && parts[1].equals(kind.wireName())
                    && Names.isName(parts[2])
                    && parts[3].matches("[1-9][0-9]{0,17}\\.json");
            if (!fits) {
                throw fields.fault("release", "releases/" + kind.wireName() + "/{name}/{counter}.json");
            }
            return new Member(path, fields.sha256("digest"));
        }

        private ObjectNode toJson() {
            return StrictJson.object().put("release", release).put("digest", digest);
        }
    }

    /** All of both stages. */
    public Stream<Member> members() {
        Stream<Member> before = firstStage == null
                ? Stream.of()
                : Stream.concat(Stream.of(firstStage.base()), firstStage.tasks().stream());
        return Stream.concat(Stream.concat(Stream.of(base), tasks.stream()), before);
    }

    /** The target path that this Set has. */
    public String path() {
        return path(name, counter);
    }

    /** The target path of a Set. */
    public static String path(String name, long counter) {
        return "sets/" + name + "/" + counter + ".json";
    }

    /**
     * Reads a Set and holds it against the path it was found at.
     *
     * @throws RejectedException MALFORMED
     */
    public static SetManifest parse(String path, byte[] bytes, ReleaseLimits limits) throws RejectedException {
        Fields fields = StrictJson.parse(path, bytes);
        fields.number("format", 1, 1);
        if (!fields.text("kind", 16).equals("set")) {
            throw fields.fault("kind", "set");
        }
        Set<String> names = new HashSet<>();
        List<Member> tasks = tasks(fields, limits, names);
        SetManifest set = new SetManifest(
                Names.name(fields, "name"),
                fields.number("counter", 1, Long.MAX_VALUE),
                Member.parse(fields.object("base"), Kind.BASE),
                tasks,
                fields.has("firstStage") ? first(fields.object("firstStage"), limits, names) : null);
        Names.checkPath(path, set.path());
        return set;
    }

    private static List<Member> tasks(Fields fields, ReleaseLimits limits, Set<String> names) throws RejectedException {
        List<Member> tasks = new ArrayList<>();
        for (Fields each : fields.objects("tasks", limits.tasks())) {
            Member task = Member.parse(each, Kind.TASK);
            if (!names.add(task.name())) {
                throw each.fault("release", "of a task named once in the Set");
            }
            tasks.add(task);
        }
        return tasks;
    }

    private static First first(Fields fields, ReleaseLimits limits, Set<String> names) throws RejectedException {
        First first = new First(Member.parse(fields.object("base"), Kind.BASE), tasks(fields, limits, names));
        if (first.tasks().isEmpty()) {
            throw fields.fault("tasks", "one or more");
        }
        return first;
    }

    /** The document that {@link #parse} reads. */
    public ObjectNode toJson() {
        ObjectNode json = StrictJson.object()
                .put("format", 1)
                .put("kind", "set")
                .put("name", name)
                .put("counter", counter);
        json.set("base", base.toJson());
        ArrayNode list = json.putArray("tasks");
        tasks.forEach(each -> list.add(each.toJson()));
        if (firstStage != null) {
            json.set("firstStage", firstStage.toJson());
        }
        return json;
    }
}
