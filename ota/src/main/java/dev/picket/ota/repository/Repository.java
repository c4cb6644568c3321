package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Hashes;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.Channel;
import dev.picket.ota.release.CommandJwk;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The publisher's side of a repository, in a folder of its own:
 *
 * <pre>
 *   keys/offline/    root's and targets' keys, see {@link KeyFolder}; to be moved to where they are safe
 *   keys/online/     snapshot's and timestamp's; neither is ever published
 *   contents.json    what the next publication lists
 *   pending/         metadata that wait for signatures, see {@link Drafts}
 *   lock             held by the one command that changes something, see {@link RepositoryLock}
 *   tree/            what is published, a plain tree for any web server
 *     metadata/  {n}.root.json {n}.targets.json {n}.{team}.json {n}.snapshot.json timestamp.json
 *     targets/   releases/… sets/… channels/… picket/…   with the hash before each file name
 *     blobs/     {sha256}
 * </pre>
 *
 * Nothing that was added counts before {@link #publish} has signed it: see {@link Publication} for the order of writes
 * and what a crash leaves.
 */
public final class Repository {
    private final Workspace space;

    private Repository(Workspace space) {
        this.space = space;
    }

    /** Makes a repository whose keys all lie in one folder. */
    public static Repository init(
            Path folder, KeyFolder keys, int rootKeys, int rootThreshold, Validity validity, Instant now)
            throws RejectedException, IOException {
        return init(folder, keys, keys, rootKeys, rootThreshold, validity, now, Disk.REAL);
    }

    /**
     * Makes a repository with its keys and its first root, which {@link #trustRoot} gives to gateways. contents.json
     * comes last: without it there is no repository, and what an init that was cut off left is told by name.
     *
     * @param folder must not hold one yet
     * @param offline where root's and targets' keys go
     * @param online where snapshot's and timestamp's go
     * @param rootKeys how many root keys to make; the other roles get one each
     * @param rootThreshold how many of them must sign a root
     */
    public static Repository init(
            Path folder,
            KeyFolder offline,
            KeyFolder online,
            int rootKeys,
            int rootThreshold,
            Validity validity,
            Instant now,
            Disk disk)
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
        RootFile root = RootFile.empty();
        List<SigningKey> rootSigners = offline.createFirst("root", rootKeys, disk);
        for (SigningKey each : rootSigners) {
            root.add("root", each.publicKey());
        }
        root.threshold("root", rootThreshold);
        for (String role : List.of("targets", "snapshot", "timestamp")) {
            KeyFolder keys = RootFile.ONLINE.contains(role) ? online : offline;
            root.add(role, keys.createFirst(role, 1, disk).getFirst().publicKey());
        }
        Workspace space = Workspace.create(folder, disk);
        SignedFile first = MetadataWriter.root(root, 1, now.plus(validity.root()));
        rootSigners.forEach(first::sign);
        disk.write(space.metadata().file("root", 1), first.bytes());
        space.contents().save();
        return new Repository(space);
    }

    /** Opens one that {@link #init} made. */
    public static Repository open(Path folder) throws RejectedException, IOException {
        return open(folder, Disk.REAL);
    }

    /**
     * The same.
     *
     * @param disk where what is changed goes
     */
    public static Repository open(Path folder, Disk disk) throws RejectedException, IOException {
        if (!Files.exists(folder.resolve("contents.json"))) {
            throw new RejectedException(
                    Reason.MISSING, folder + " holds no repository: make one with `picket release init`.");
        }
        return new Repository(Workspace.open(folder, disk));
    }

    Workspace space() {
        return space;
    }

    /** The root.json that gateways trust first. */
    public Path trustRoot() {
        return space.metadata().file("root", 1);
    }

    /** The signed tree, as a gateway may read it through {@code file:}. */
    public Path tree() {
        return space.tree();
    }

    /**
     * Adds a base's or a task's folder as the next release of its name; the same content again gives the release that
     * is there.
     *
     * @param progress told the bytes that were hashed and copied so far, of twice {@link Release#bytes}
     * @throws RejectedException when a file is not what the manifest lists, or a task's base is not here, or it has no
     *     exam or no calibration
     */
    public Release add(Kind kind, Path model, String minimumAgent, LongConsumer progress)
            throws RejectedException, IOException {
        return add(kind, model, Contents.TOP, minimumAgent, progress);
    }

    /**
     * The same for a team, whose key alone signs it.
     *
     * @throws RejectedException also when the team may not release it, or another role lists it already
     */
    public Release add(Kind kind, Path model, String team, String minimumAgent, LongConsumer progress)
            throws RejectedException, IOException {
        ModelFolder source = ModelFolder.read(kind, model.toAbsolutePath().normalize());
        TargetFiles targets = space.targets();
        String names = TargetFiles.folder(kind, source.name());
        long last = targets.newest(names);
        if (last > 0 && targets.release(kind, source.name(), last).digest().equals(source.digest())) {
            Release there = targets.release(kind, source.name(), last);
            checkListedBy(team, there.path());
            return there;
        }
        if (source.base().isPresent() && !targets.hasBase(source.base().get())) {
            throw new RejectedException(
                    Reason.BASE_DIFFERS,
                    "Task " + source.name() + " was made for the base "
                            + source.base().get() + ", which is not in this repository: add that base first.");
        }
        long counter = targets.unused(names);
        if (!team.equals(Contents.TOP)) {
            Teams teams = space.contents().teams();
            teams.require(team);
            teams.checkCovers(team, Release.path(kind, source.name(), counter));
        }
        long[] done = {0};
        LongConsumer parts = part -> {
            done[0] += part;
            progress.accept(done[0]);
        };
        Release release = source.release(counter, minimumAgent, parts);
        for (ReleaseFile file : release.files()) {
            targets.copyBlob(source.folder().resolve(file.name()), file, parts);
        }
        targets.put(team, release.path(), release.toJson(), release.custom());
        return release;
    }

    /** The same content twice would be one path in two roles, of which gateways only ever find the first. */
    private void checkListedBy(String role, String path) throws RejectedException {
        String lister = space.contents().listedBy(path).orElseThrow();
        if (!lister.equals(role)) {
            throw new RejectedException(
                    Reason.MALFORMED,
                    "The role " + lister + " lists this content already, as " + path + ": name that in a Set.");
        }
    }

    /**
     * Members of a Set by name.
     *
     * @param base a base's name, or name and counter as {@code picket-small/3}; the newest where none is given
     * @param tasks the same for tasks
     */
    public record Stage(String base, List<String> tasks) {
        public Stage {
            tasks = List.copyOf(tasks);
        }
    }

    /** Adds the next Set of a name, without a first stage. */
    public SetManifest addSet(String name, String base, List<String> tasks) throws RejectedException, IOException {
        return addSet(name, new Stage(base, tasks), null);
    }

    /**
     * Adds the next Set of a name.
     *
     * @param first what is asked before, on a cheaper base; null: nothing
     * @throws RejectedException when one is not here, or a task was made for another base
     */
    public SetManifest addSet(String name, Stage main, @Nullable Stage first) throws RejectedException, IOException {
        TargetFiles targets = space.targets();
        List<Release> releases = new ArrayList<>(releases(targets, main));
        Release baseRelease = releases.getFirst();
        List<SetManifest.Member> members = releases.stream().map(this::member).toList();
        SetManifest.First firstStage = null;
        if (first != null) {
            List<Release> before = releases(targets, first);
            List<SetManifest.Member> its = before.stream().map(this::member).toList();
            firstStage = new SetManifest.First(its.getFirst(), its.subList(1, its.size()));
            releases.addAll(before);
        }
        long counter = targets.unused("sets/" + name);
        SetManifest set =
                new SetManifest(name, counter, members.getFirst(), members.subList(1, members.size()), firstStage);
        SetManifest.parse(set.path(), StrictJson.pretty(set.toJson()), ReleaseLimits.DEFAULT);
        long bytes = releases.stream().mapToLong(Release::bytes).sum();
        if (bytes > ReleaseLimits.DEFAULT.setBytes()) {
            throw new RejectedException(
                    Reason.TOO_LARGE,
                    "The Set would have " + bytes + " bytes, and a gateway takes at most "
                            + ReleaseLimits.DEFAULT.setBytes() + ": leave tasks out.");
        }
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
                .put("bytes", bytes);
        targets.put(set.path(), set.toJson(), custom);
        return set;
    }

    /** The base, then its tasks. */
    private static List<Release> releases(TargetFiles targets, Stage stage) throws RejectedException, IOException {
        Release base = targets.release(Kind.BASE, stage.base());
        List<Release> releases = new ArrayList<>(List.of(base));
        for (String each : stage.tasks()) {
            Release task = targets.release(Kind.TASK, each);
            if (!task.base().orElse("").equals(base.digest())) {
                throw new RejectedException(
                        Reason.BASE_DIFFERS,
                        "Task " + each + " was made for the base " + task.base().orElse("?") + ", and " + stage.base()
                                + " is " + base.digest() + ".");
            }
            releases.add(task);
        }
        return releases;
    }

    /** Makes a channel name a Set that is here: its path, or {@code name/counter}. */
    public void pointChannel(String name, String set) throws RejectedException, IOException {
        String path = Channel.isSetPath(set) ? set : "sets/" + set + ".json";
        if (space.contents().sha256(path).isEmpty()) {
            throw new RejectedException(Reason.MISSING, path + " is not in this repository: add that Set first.");
        }
        Channel channel = new Channel(name, path);
        Channel.parse(Channel.path(name), StrictJson.pretty(channel.toJson()));
        ObjectNode custom = StrictJson.object().put("kind", "channel").put("name", name);
        space.targets().put(Channel.path(name), channel.toJson(), custom);
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
        if (space.contents().sha256(CommandJwks.PATH).orElse("").equals(Hashes.sha256(bytes))) {
            return false;
        }
        ObjectNode custom = StrictJson.object().put("kind", "command-keys");
        ArrayNode kids = custom.putArray("kids");
        keys.keys().stream().map(CommandJwk::kid).sorted().forEach(kids::add);
        space.targets().put(CommandJwks.PATH, json, custom);
        return true;
    }

    /** Begins a change of who may sign what; it counts once it is signed and published. */
    public KeyChange changeKeys(Validity validity, Instant now) throws RejectedException, IOException {
        return new KeyChange(space, validity, now);
    }

    /** Makes one more key of a role in a folder; it signs nothing before a root names it. */
    public SigningKey newKey(KeyFolder folder, String role) throws RejectedException, IOException {
        return folder.create(role, space.disk());
    }

    /**
     * Signs what waits for the offline roles with the keys that are here, and keeps the signatures.
     *
     * @return what each file still needs, by its name: {@code root 2}; an empty text where it has enough
     */
    public Map<String, String> sign(SigningKeys keys, Validity validity, Instant now)
            throws RejectedException, IOException {
        Waiting waiting = Waiting.of(space, validity, now);
        waiting.sign(keys);
        for (SignedFile each : waiting.files()) {
            space.drafts().save(each);
        }
        return waiting.state();
    }

    /**
     * Signs what was added (and all again at half its time), a new timestamp in any case, and brings the tree to where it is served from.
     *
     * @param target a folder; the repository's own tree where it is that
     * @param progress told the bytes that were copied
     */
    public Published publish(Path target, SigningKeys keys, Validity validity, Instant now, LongConsumer progress)
            throws RejectedException, IOException {
        Waiting waiting = Waiting.of(space, validity, now);
        Published published = new Publication(space, waiting, keys, validity, now).run();
        space.drafts().drop("root");
        for (String role : space.contents().roles()) {
            // What a team has still to sign for itself goes on waiting.
            if (waiting.targets(role).map(SignedFile::version).orElse(0L)
                    <= published.versions().getOrDefault(role, 0L)) {
                space.drafts().drop(role);
            }
        }
        copy(target, progress);
        return published;
    }

    /** Signs a new timestamp, and a new snapshot at half its time, with the online keys alone; what was added stays unpublished. */
    public Published refresh(Path target, SigningKeys keys, Validity validity, Instant now, LongConsumer progress)
            throws RejectedException, IOException {
        Published published = new Publication(space, Waiting.nothing(space), keys, validity, now).run();
        copy(target, progress);
        return published;
    }

    /**
     * The path of a Set that is published.
     *
     * @param set its path, or {@code name/counter}
     * @throws RejectedException MISSING when it is not in what was published last
     */
    public String publishedSet(String set) throws RejectedException, IOException {
        String path = Channel.isSetPath(set) ? set : "sets/" + set + ".json";
        Optional<SignedFile> targets = space.metadata().newest("targets");
        if (targets.isEmpty() || !targets.get().signed().path("targets").has(path)) {
            throw new RejectedException(
                    Reason.MISSING, path + " is not published: publish it first, or name another Set.");
        }
        return path;
    }

    /** Copies the tree as it was published last. */
    public void copy(Path target, LongConsumer progress) throws RejectedException, IOException {
        if (space.metadata().timestamp().isEmpty() && !(space.disk() instanceof DryRun)) {
            throw new RejectedException(
                    Reason.MISSING, "Nothing was published yet: run `picket release publish` first.");
        }
        new TreeCopy(tree(), target.toAbsolutePath().normalize(), space.disk()).run(progress);
    }

    private SetManifest.Member member(Release release) {
        return new SetManifest.Member(release.path(), release.digest());
    }
}
