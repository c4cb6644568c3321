package dev.picket.ota.repository;

import dev.picket.ota.AtomicFiles;
import dev.picket.ota.Hashes;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.Channel;
import dev.picket.ota.release.CommandJwks;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.ReleaseFile;
import dev.picket.ota.release.ReleaseLimits;
import dev.picket.ota.release.SetManifest;
import dev.picket.ota.tuf.Role;
import dev.picket.ota.tuf.TargetFile;
import dev.picket.ota.tuf.TrustedTargets;
import dev.picket.ota.tuf.TufClient;
import dev.picket.ota.tuf.TufLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Reads a whole tree as a gateway would, with the same client and from the first root on, and goes on after a fault, to
 * find all: metadata, every target against its hash and its format, every blob that a release names.
 */
public final class TreeCheck {
    /**
     * What was found.
     *
     * @param faults one sentence each; none when the tree is whole
     * @param expires by the name of each metadata file: {@code timestamp 4}
     */
    public record Report(List<String> faults, Map<String, Instant> expires, int targets, int files, long bytes) {
        public Report {
            faults = List.copyOf(faults);
            expires = Map.copyOf(expires);
        }
    }

    /** What gateways follow: taken from the top-level role alone. */
    private static final List<String> FOLLOWED = List.of("sets/", "channels/", "picket/");

    private final Fetcher fetcher;
    private final LongConsumer progress;
    private final List<String> faults = new ArrayList<>();
    private final Map<String, Release> releases = new HashMap<>();
    private final Set<String> blobs = new HashSet<>();
    private int targets;
    private long bytes;

    private TreeCheck(Fetcher fetcher, LongConsumer progress) {
        this.fetcher = fetcher;
        this.progress = progress;
    }

    /**
     * Checks a tree.
     *
     * @param root the first root, trusted for where it came from
     * @param scratch a folder for the client's memory; removed in the end
     * @param progress told the bytes of blobs that were read so far
     * @throws UnavailableException when the tree cannot be read now
     */
    public static Report run(Fetcher fetcher, byte[] root, Path scratch, Instant now, LongConsumer progress)
            throws UnavailableException, IOException, InterruptedException {
        TreeCheck check = new TreeCheck(fetcher, progress);
        Map<String, Instant> expires = new TreeMap<>();
        try {
            Retry retry = Retry.DEFAULT;
            TrustedTargets trusted = new TufClient(scratch, root, fetcher, TufLimits.GATEWAY, retry).refresh(now);
            for (String role : RootFile.ROLES) {
                Path kept = scratch.resolve(role + ".json");
                // A client that needed no other root keeps none.
                byte[] content = Files.exists(kept) ? Files.readAllBytes(kept) : root;
                SignedFile file = SignedFile.parse(role, StrictJson.parse(role + ".json", content));
                expires.put(file.name(), file.expires());
            }
            check.targets(trusted, expires);
        } catch (RejectedException e) {
            check.faults.add(String.valueOf(e.getMessage()));
        } finally {
            AtomicFiles.removeTree(scratch);
        }
        return new Report(check.faults, expires, check.targets, check.blobs.size(), check.bytes);
    }

    private void targets(TrustedTargets trusted, Map<String, Instant> expires)
            throws RejectedException, UnavailableException, InterruptedException, IOException {
        Map<String, byte[]> read = new TreeMap<>();
        Role.Targets top = trusted.role(Contents.TOP);
        read(trusted, Contents.TOP, top, read);
        for (Role.Delegation each : top.delegations()) {
            try {
                Role.Targets role = trusted.role(each.name());
                expires.put(each.name() + " " + role.version(), role.expires());
                read(trusted, each.name(), role, read);
            } catch (RejectedException e) {
                faults.add(String.valueOf(e.getMessage()));
            }
        }
        // Releases first, for Sets are held against them.
        for (String begin : List.of("releases/", "sets/", "channels/", "picket/")) {
            for (Map.Entry<String, byte[]> each : read.entrySet()) {
                if (each.getKey().startsWith(begin)) {
                    target(begin, each.getKey(), each.getValue(), read.keySet());
                }
            }
        }
        for (Release each : releases.values()) {
            for (ReleaseFile file : each.files()) {
                blob(each, file);
            }
        }
    }

    /** What a role lists, of which gateways take only what they find there. */
    private void read(TrustedTargets trusted, String name, Role.Targets role, Map<String, byte[]> read)
            throws UnavailableException, InterruptedException {
        for (String path : new TreeSet<>(role.targets().keySet())) {
            targets++;
            try {
                Optional<TargetFile> found =
                        FOLLOWED.stream().anyMatch(path::startsWith) ? trusted.findAtTop(path) : trusted.find(path);
                if (found.isPresent() && found.get().role().equals(name)) {
                    read.put(path, trusted.download(found.get(), ReleaseLimits.DEFAULT.manifestBytes()));
                } else {
                    faults.add(path + " is listed by the role " + name + ", and gateways "
                            + found.map(each -> "find it in " + each.role() + ".")
                                    .orElse("do not look there for it."));
                }
            } catch (RejectedException e) {
                faults.add(String.valueOf(e.getMessage()));
            }
        }
    }

    private void target(String begin, String path, byte[] content, Set<String> known) {
        try {
            switch (begin) {
                case "releases/" -> releases.put(path, Release.parse(path, content, ReleaseLimits.DEFAULT));
                case "sets/" -> set(SetManifest.parse(path, content, ReleaseLimits.DEFAULT));
                case "channels/" -> {
                    Channel channel = Channel.parse(path, content);
                    if (!known.contains(channel.set())) {
                        faults.add(path + " names " + channel.set() + ", which is not there.");
                    }
                }
                default -> {
                    if (path.equals(CommandJwks.PATH)) {
                        CommandJwks.parse(path, content);
                    } else {
                        StrictJson.parse(path, content);
                    }
                }
            }
        } catch (RejectedException e) {
            faults.add(String.valueOf(e.getMessage()));
        }
    }

    private void set(SetManifest set) {
        stage(set, set.base(), set.tasks());
        if (set.firstStage() != null) {
            stage(set, set.firstStage().base(), set.firstStage().tasks());
        }
    }

    private void stage(SetManifest set, SetManifest.Member itsBase, List<SetManifest.Member> tasks) {
        Release base = releases.get(itsBase.release());
        for (SetManifest.Member member :
                Stream.concat(Stream.of(itsBase), tasks.stream()).toList()) {
            Release release = releases.get(member.release());
            if (release == null || !release.digest().equals(member.digest())) {
                faults.add(set.path() + " names " + member.release()
                        + " with another digest than it has, or none is there.");
            } else if (base != null
                    && release.base().isPresent()
                    && !release.base().get().equals(base.digest())) {
                faults.add(set.path() + " holds " + member.release() + ", which was made for another base.");
            }
        }
    }

    private void blob(Release release, ReleaseFile file)
            throws UnavailableException, InterruptedException, IOException {
        if (!blobs.add(file.sha256())) {
            return;
        }
        MessageDigest digest = Hashes.digest("SHA-256");
        long[] length = {0};
        try {
            fetcher.fetch("blobs/" + file.sha256(), 0, file.length(), new Fetcher.Body() {
                @Override
                public void begin(long from) {
                    digest.reset();
                    length[0] = 0;
                }

                @Override
                public void take(byte[] part, int count) {
                    digest.update(part, 0, count);
                    length[0] += count;
                    progress.accept(bytes + length[0]);
                }
            });
        } catch (RejectedException e) {
            faults.add(release.path() + ": " + e.getMessage());
            return;
        }
        bytes += length[0];
        if (length[0] != file.length()
                || !HexFormat.of().formatHex(digest.digest()).equals(file.sha256())) {
            faults.add("blobs/" + file.sha256() + ", which is " + file.name() + " of " + release.path()
                    + ", has other bytes than its name says.");
        }
    }
}
