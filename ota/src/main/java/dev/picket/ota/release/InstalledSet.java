package dev.picket.ota.release;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Hashes;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Set as this gateway takes it: the members that it runs, with their files.
 *
 * @param digest SHA-256 of the Set's manifest
 * @param firstStage null: there is none
 */
public record InstalledSet(
        String name,
        long counter,
        String digest,
        Release base,
        List<Release> tasks,
        @Nullable FirstStage firstStage) {
    private static final int FOLDER_DIGITS = 12;

    public InstalledSet {
        tasks = List.copyOf(tasks);
    }

    /** One without a first stage. */
    public InstalledSet(String name, long counter, String digest, Release base, List<Release> tasks) {
        this(name, counter, digest, base, tasks, null);
    }

    /** Base, tasks and first stage. */
    public Stream<Release> releases() {
        return Stream.of(
                        Stream.of(base),
                        tasks.stream(),
                        firstStage == null ? Stream.<Release>empty() : firstStage.releases())
                .flatMap(each -> each);
    }

    /** What must be in memory to serve it: the base, and that of the first stage. */
    public long baseBytes() {
        return releases()
                .filter(each -> each.kind() == Kind.BASE)
                .mapToLong(Release::bytes)
                .sum();
    }

    /** How people and reports name it: {@code factory/3}. */
    public String label() {
        return name + "/" + counter;
    }

    /**
     * Tells this Set from the same manifest taken with other members: a gateway that is routed to another task takes
     * more of it than before.
     *
     * The first stage is always taken whole, so the manifest's digest says which.
     *
     * @return a SHA-256 over the manifest's digest and each task's name and digest, in the order of names
     */
    public String identity() {
        String members = tasks.stream()
                .map(each -> each.name() + " " + each.digest())
                .sorted()
                .collect(Collectors.joining("\n", digest + "\n", ""));
        return Hashes.sha256(members.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The folder under {@code sets/}: {@code factory-3-} and the first digits of {@link #identity}, so that laying out
     * the Set with other members leaves the one that serves alone.
     */
    public String folderName() {
        return name + "-" + counter + "-" + identity().substring(0, FOLDER_DIGITS);
    }

    /** Every file of every member. */
    public Stream<ReleaseFile> files() {
        return releases().flatMap(each -> each.files().stream());
    }

    public long bytes() {
        return files().mapToLong(ReleaseFile::length).sum();
    }

    /** Reads what {@link #toJson} wrote. */
    public static InstalledSet parse(Fields fields, ReleaseLimits limits) throws RejectedException {
        List<Release> tasks = new ArrayList<>();
        for (Fields each : fields.objects("tasks", limits.tasks())) {
            tasks.add(Release.parse(each, limits));
        }
        return new InstalledSet(
                Names.name(fields, "name"),
                fields.number("counter", 1, Long.MAX_VALUE),
                fields.sha256("digest"),
                Release.parse(fields.object("base"), limits),
                tasks,
                fields.has("firstStage") ? FirstStage.parse(fields.object("firstStage"), limits) : null);
    }

    public ObjectNode toJson() {
        ObjectNode json =
                StrictJson.object().put("name", name).put("counter", counter).put("digest", digest);
        json.set("base", base.toJson());
        ArrayNode list = json.putArray("tasks");
        tasks.forEach(each -> list.add(each.toJson()));
        if (firstStage != null) {
            json.set("firstStage", firstStage.toJson());
        }
        return json;
    }
}
