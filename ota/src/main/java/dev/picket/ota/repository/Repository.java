package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.Hashes;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.Channel;
import dev.picket.ota.release.CommandJwks;
import dev.picket.ota.release.Kind;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.ReleaseFile;
import dev.picket.ota.release.ReleaseLimits;
import dev.picket.ota.release.SetManifest;
import dev.picket.ota.release.Versions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * The publisher's side of a repository, in a folder of its own:
 *
 * <pre>
 *   keys/            see {@link KeyFolder}; never published
 *   contents.json    what the next publication signs
 *   tree/            what is published, a plain tree for any web server
 *     metadata/  {n}.root.json {n}.targets.json {n}.snapshot.json timestamp.json
 *     targets/   releases/… sets/… channels/… picket/…   with the hash before each file name
 *     blobs/     {sha256}
 * </pre>
 *
 * Nothing that was added counts before {@link #publish} has signed it: timestamp.json is written last, and whoever reads
 * meanwhile sees the publication before.
 */
public final class Repository {
    private final Path folder;
    private final Contents contents;

    private Repository(Path folder, Contents contents) {
        this.folder = folder;
        this.contents = contents;
    }

    /**
     * Makes a repository with its keys and its first root, which {@link #trustRoot} gives to gateways.
     *
     * @param folder must not hold one yet
     * @param rootKeys how many root keys to make; the other roles get one each
     * @param rootThreshold how many of them must sign a root
     */
    public static Repository init(
            Path folder, KeyFolder keys, int rootKeys, int rootThreshold, Validity validity, Instant now)
            throws RejectedException, IOException {
        if (Files.exists(folder.resolve("contents.json"))) {
            throw new RejectedException(
                    Reason.MALFORMED, folder + " holds a repository already: choose another folder.");
        }
        if (rootThreshold < 1 || rootThreshold > rootKeys) {
            throw new RejectedException(
                    Reason.MALFORMED,
                    "The root threshold must be from 1 to " + rootKeys + ", the number of root keys, and is "
                            + rootThreshold + ".");
        }
        Map<String, List<SigningKey>> byRole = new LinkedHashMap<>();
        byRole.put("root", keys.create("root", rootKeys));
        for (String role : List.of("targets", "snapshot", "timestamp")) {
            byRole.put(role, keys.create(role, 1));
        }
        Contents contents = Contents.create(folder.resolve("contents.json"));
        Repository repository = new Repository(folder, contents);
        for (String each : List.of("metadata", "targets", "blobs")) {
            AtomicFiles.createFolders(repository.tree().resolve(each));
        }
        byte[] root = MetadataWriter.sign(
                MetadataWriter.root(byRole, rootThreshold), 1, now.plus(validity.root()), keys.load("root"));
        AtomicFiles.write(repository.trustRoot(), root);
        contents.version("root", 1);
        contents.save();
        return repository;
    }

    /** Opens one that {@link #init} made. */
    public static Repository open(Path folder) throws RejectedException, IOException {
        Path file = folder.resolve("contents.json");
        if (!Files.exists(file)) {
            throw new RejectedException(
                    Reason.MISSING, folder + " holds no repository: make one with `picket release init`.");
        }
        return new Repository(folder, Contents.read(file));
    }

    /** The root.json that gateways trust first. */
    public Path trustRoot() {
        return tree().resolve("metadata/1.root.json");
    }

    /** The signed tree, as a gateway may read it through {@code file:}. */
    public Path tree() {
        return folder.resolve("tree");
    }

    /**
     * Adds a base's or a task's folder as the next release of its name; the same content again gives the release that
     * is there.
     *
     * @param progress told the bytes that were copied, of {@link Release#bytes}
     * @throws RejectedException when a file is not what the manifest lists, or a task's base is not here, or it has no
     *     exam or no calibration
     */
    public Release add(Kind kind, Path model, String minimumAgent, LongConsumer progress)
            throws RejectedException, IOException {
        ModelFolder source = ModelFolder.read(kind, model.toAbsolutePath().normalize());
        String names = "releases/" + kind.wireName() + "/" + source.name();
        long last = contents.highestCounter(names);
        if (last > 0 && release(kind, source.name(), last).digest().equals(source.digest())) {
            return release(kind, source.name(), last);
        }
        if (source.base().isPresent() && !hasBase(source.base().get())) {
            throw new RejectedException(
                    Reason.BASE_DIFFERS,
                    "Task " + source.name() + " was made for the base "
                            + source.base().get() + ", which is not in this repository: add that base first.");
        }
        Release release = source.release(last + 1, minimumAgent);
        long copied = 0;
        for (ReleaseFile file : release.files()) {
            copyBlob(source.folder().resolve(file.name()), file.sha256());
            copied += file.length();
            progress.accept(copied);
        }
        putTarget(release.path(), release.toJson(), release.custom());
        return release;
    }

    /**
     * Adds the next Set of a name.
     *
     * @param base a base's name, or name and counter as {@code picket-small/3}; the newest where none is given
     * @param tasks the same for tasks
     * @throws RejectedException when one is not here, or a task was made for another base
     */
    public SetManifest addSet(String name, String base, List<String> tasks) throws RejectedException, IOException {
        Release baseRelease = release(Kind.BASE, base);
        List<Release> releases = new ArrayList<>(List.of(baseRelease));
        List<SetManifest.Member> members = new ArrayList<>();
        for (String each : tasks) {
            Release task = release(Kind.TASK, each);
            if (!task.base().orElse("").equals(baseRelease.digest())) {
                throw new RejectedException(
                        Reason.BASE_DIFFERS,
                        "Task " + each + " was made for the base " + task.base().orElse("?") + ", and " + base + " is "
                                + baseRelease.digest() + ".");
            }
            releases.add(task);
            members.add(member(task));
        }
        long counter = contents.highestCounter("sets/" + name) + 1;
        SetManifest set = new SetManifest(name, counter, member(baseRelease), members);
        SetManifest.parse(set.path(), StrictJson.pretty(set.toJson()), ReleaseLimits.DEFAULT);
        ObjectNode custom = StrictJson.object()
                .put("kind", "set")
                .put("name", name)
                .put("version", Long.toString(counter))
                .put("counter", counter)
                .put("base", baseRelease.digest())
                .put(
                        "minimumAgent",
                        releases.stream()
                                .map(Release::minimumAgent)
                                .max(Versions::compare)
                                .orElse("0"))
                .put("bytes", releases.stream().mapToLong(Release::bytes).sum());
        putTarget(set.path(), set.toJson(), custom);
        return set;
    }

    /** Makes a channel name a Set that is here. */
    public void pointChannel(String name, String setPath) throws RejectedException, IOException {
        if (contents.sha256(setPath).isEmpty()) {
            throw new RejectedException(Reason.MISSING, setPath + " is not in this repository: add that Set first.");
        }
        Channel channel = new Channel(name, setPath);
        Channel.parse(Channel.path(name), StrictJson.pretty(channel.toJson()));
        ObjectNode custom = StrictJson.object().put("kind", "channel").put("name", name);
        putTarget(Channel.path(name), channel.toJson(), custom);
    }

    /**
     * Makes these, and no others, the keys that may order gateways about; an empty set lets nobody.
     *
     * @return whether it differs from what was there
     */
    public boolean putCommandKeys(CommandJwks keys) throws RejectedException, IOException {
        ObjectNode json = keys.toJson();
        byte[] bytes = StrictJson.pretty(json);
        CommandJwks.parse(CommandJwks.PATH, bytes);
        if (contents.sha256(CommandJwks.PATH).orElse("").equals(Hashes.sha256(bytes))) {
            return false;
        }
        putTarget(CommandJwks.PATH, json, StrictJson.object().put("kind", "command-keys"));
        return true;
    }

    /**
     * Signs what was added (and all again at half its time), a new timestamp in any case, and brings the tree to where it is served from.
     *
     * @param target a folder; the repository's own tree where it is that
     * @param progress told the bytes that were copied
     * @return the versions that were signed, by role
     */
    public Map<String, Long> publish(Path target, KeyFolder keys, Validity validity, Instant now, LongConsumer progress)
            throws RejectedException, IOException {
        Duration shortest = Collections.min(List.of(validity.targets(), validity.snapshot()));
        if (contents.changed()
                || contents.signedAt().plus(shortest.dividedBy(2)).isBefore(now)) {
            signContents(keys, validity, now);
        }
        long snapshot = contents.version("snapshot");
        byte[] snapshotBytes = Files.readAllBytes(metadata(snapshot + ".snapshot.json"));
        long timestamp = contents.version("timestamp") + 1;
        byte[] bytes = MetadataWriter.sign(
                MetadataWriter.timestamp(snapshot, snapshotBytes, now),
                timestamp,
                now.plus(validity.timestamp()),
                keys.load("timestamp"));
        // The version is used up before anyone can see it: after a crash the next one is higher.
        contents.version("timestamp", timestamp);
        contents.save();
        AtomicFiles.write(metadata("timestamp.json"), bytes);
        new TreeCopy(tree(), target.toAbsolutePath().normalize()).run(progress);
        Map<String, Long> versions = new LinkedHashMap<>();
        for (String role : List.of("root", "targets", "snapshot", "timestamp")) {
            versions.put(role, contents.version(role));
        }
        return versions;
    }

    private void signContents(KeyFolder keys, Validity validity, Instant now) throws RejectedException, IOException {
        long targets = contents.version("targets") + 1;
        long snapshot = contents.version("snapshot") + 1;
        byte[] targetsBytes = MetadataWriter.sign(
                MetadataWriter.targets(contents.targets().deepCopy()),
                targets,
                now.plus(validity.targets()),
                keys.load("targets"));
        byte[] snapshotBytes = MetadataWriter.sign(
                MetadataWriter.snapshot(targets, targetsBytes),
                snapshot,
                now.plus(validity.snapshot()),
                keys.load("snapshot"));
        AtomicFiles.write(metadata(targets + ".targets.json"), targetsBytes);
        AtomicFiles.write(metadata(snapshot + ".snapshot.json"), snapshotBytes);
        contents.version("targets", targets);
        contents.version("snapshot", snapshot);
        contents.signed(now);
    }

    private Path metadata(String name) {
        return tree().resolve("metadata").resolve(name);
    }

    private void putTarget(String path, ObjectNode json, ObjectNode custom) throws IOException {
        byte[] bytes = StrictJson.pretty(json);
        int name = path.lastIndexOf('/') + 1;
        Path file = tree().resolve("targets")
                .resolve(path.substring(0, name) + Hashes.sha256(bytes) + "." + path.substring(name));
        AtomicFiles.createFolders(file.resolveSibling(""));
        AtomicFiles.write(file, bytes);
        contents.put(path, bytes, custom);
        contents.save();
    }

    private void copyBlob(Path from, String sha256) throws IOException {
        Path blob = tree().resolve("blobs").resolve(sha256);
        if (!Files.exists(blob)) {
            AtomicFiles.write(blob, AtomicFiles.Access.EVERYONE, out -> Files.copy(from, out));
        }
    }

    private boolean hasBase(String digest) {
        return contents.targets().properties().stream()
                .filter(each -> each.getKey().startsWith("releases/base/"))
                .anyMatch(each -> contents.sha256(each.getKey()).isPresent()
                        && digestOf(each.getKey()).equals(digest));
    }

    private String digestOf(String path) {
        try {
            return Release.parse(path, target(path), ReleaseLimits.DEFAULT).digest();
        } catch (RejectedException | IOException _) {
            return "";
        }
    }

    private SetManifest.Member member(Release release) {
        return new SetManifest.Member(release.path(), release.digest());
    }

    private Release release(Kind kind, String reference) throws RejectedException, IOException {
        String[] parts = reference.split("/", 2);
        long counter = parts.length == 2 && parts[1].matches("[1-9][0-9]{0,17}")
                ? Long.parseLong(parts[1])
                : contents.highestCounter("releases/" + kind.wireName() + "/" + parts[0]);
        return release(kind, parts[0], counter);
    }

    private Release release(Kind kind, String name, long counter) throws RejectedException, IOException {
        String path = Release.path(kind, name, counter);
        if (contents.sha256(path).isEmpty()) {
            throw new RejectedException(
                    Reason.MISSING,
                    "The " + kind.wireName() + " " + name + " is not in this repository: add it first.");
        }
        return Release.parse(path, target(path), ReleaseLimits.DEFAULT);
    }

    private byte[] target(String path) throws IOException {
        int name = path.lastIndexOf('/') + 1;
        String hash = contents.sha256(path).orElseThrow();
        return Files.readAllBytes(
                tree().resolve("targets").resolve(path.substring(0, name) + hash + "." + path.substring(name)));
    }
}
