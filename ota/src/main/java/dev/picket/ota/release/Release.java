package dev.picket.ota.release;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * One base or one task at one counter: the target {@code releases/{base|task}/{name}/{counter}.json}.
 *
 * @param digest SHA-256 of its {@code base.json} or {@code task.json}
 * @param base of a task: the digest of the base that it was made for
 * @param minimumAgent the oldest agent that can run it
 * @param bytes of all files together
 * @param files all of them, the manifest too
 */
public record Release(
        Kind kind,
        String name,
        String version,
        long counter,
        String digest,
        Optional<String> base,
        String minimumAgent,
        long bytes,
        List<ReleaseFile> files) {
    public Release {
        files = List.copyOf(files);
    }

    /** The target path that this release has. */
    public String path() {
        return path(kind, name, counter);
    }

    /** The target path of a release. */
    public static String path(Kind kind, String name, long counter) {
        return "releases/" + kind.wireName() + "/" + name + "/" + counter + ".json";
    }

    /**
     * Reads a release and holds it against the path it was found at.
     *
     * @throws RejectedException MALFORMED or TOO_LARGE
     */
    public static Release parse(String path, byte[] bytes, ReleaseLimits limits) throws RejectedException {
        Release release = parse(StrictJson.parse(path, bytes), limits);
        Names.checkPath(path, release.path());
        return release;
    }

    /** Reads a release that lies inside another document. */
    public static Release parse(Fields fields, ReleaseLimits limits) throws RejectedException {
        fields.number("format", 1, 1);
        Kind kind = kind(fields);
        Release release = new Release(
                kind,
                Names.name(fields, "name"),
                Names.version(fields, "version"),
                fields.number("counter", 1, Long.MAX_VALUE),
                fields.sha256("digest"),
                kind == Kind.TASK ? Optional.of(fields.sha256("base")) : Optional.empty(),
                Names.version(fields, "minimumAgent"),
                fields.number("bytes", 1, Long.MAX_VALUE),
                files(fields, limits));
        release.check(fields, limits);
        return release;
    }

    /** The document that {@link #parse} reads. */
    public ObjectNode toJson() {
        ObjectNode json = summary();
        json.put("format", 1).put("digest", digest);
        ArrayNode list = json.putArray("files");
        files.forEach(each -> list.add(each.toJson()));
        return json;
    }

    /** What the target's {@code custom} says of it: what a device needs to choose, the base's digest included. */
    public ObjectNode custom() {
        return summary().put("base", base.orElse(digest));
    }

    private ObjectNode summary() {
        ObjectNode json = StrictJson.object()
                .put("kind", kind.wireName())
                .put("name", name)
                .put("version", version)
                .put("counter", counter)
                .put("minimumAgent", minimumAgent)
                .put("bytes", bytes);
        base.ifPresent(each -> json.put("base", each));
        return json;
    }

    private static Kind kind(Fields fields) throws RejectedException {
        return switch (fields.text("kind", 16)) {
            case "base" -> Kind.BASE;
            case "task" -> Kind.TASK;
            default -> throw fields.fault("kind", "base or task");
        };
    }

    private static List<ReleaseFile> files(Fields fields, ReleaseLimits limits) throws RejectedException {
        List<ReleaseFile> files = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Fields each : fields.objects("files", limits.files())) {
            ReleaseFile file = ReleaseFile.parse(each, limits.fileBytes());
            // On a stick or a disk that does not tell capitals apart one would lie over the other.
            if (!names.add(file.name().toLowerCase(Locale.ROOT))) {
                throw each.fault("name", "named once, capitals aside");
            }
            files.add(file);
        }
        return files;
    }

    private void check(Fields fields, ReleaseLimits limits) throws RejectedException {
        long sum = files.stream().mapToLong(ReleaseFile::length).sum();
        if (sum != bytes) {
            throw fields.fault("bytes", "the sum of the files' lengths, " + sum);
        }
        if (sum > limits.setBytes()) {
            throw new RejectedException(
                    Reason.TOO_LARGE,
                    fields.where() + " has " + sum + " bytes, and " + limits.setBytes() + " are allowed.");
        }
        boolean named = files.stream()
                .anyMatch(each ->
                        each.name().equals(kind.manifest()) && each.sha256().equals(digest));
        if (!named) {
            throw fields.fault("digest", "the SHA-256 of the listed " + kind.manifest());
        }
    }
}
