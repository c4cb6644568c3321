package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.JsonNode;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Signs and writes the metadata of one publication. All is signed in memory first, so a key that is missing changes
 * nothing on disk; then, each file whole and forced before the next:
 *
 * <pre>
 *   {n}.{team}.json     when what it lists changed, half its time is over, or its keys changed
 *   {n}.targets.json    the same of the top-level role
 *   {n}.snapshot.json   when any of those is new, half its time is over, or its keys changed
 *   timestamp.json      always; from here on gateways see the publication
 *   {n}.root.json       when keys changed; then the drafts go
 * </pre>
 *
 * While keys change, targets, snapshot and timestamp are signed with the old keys and the new, as far as they are at hand:
 * the tree is whole for the old root until the new one is there, and for the new one from then on. Killed anywhere, what
 * was visible before is visible still, and the next run goes on: it takes up a numbered file that nothing names yet.
 */
final class Publication {
    private static final Duration SOON = Duration.ofDays(30);

    private final Workspace space;
    private final Waiting waiting;
    private final SigningKeys keys;
    private final Validity validity;
    private final Instant now;

    Publication(Workspace space, Waiting waiting, SigningKeys keys, Validity validity, Instant now) {
        this.space = space;
        this.waiting = waiting;
        this.keys = keys;
        this.validity = validity;
        this.now = now;
    }

    Published run() throws RejectedException, IOException {
        Optional<SignedFile> last = space.metadata().timestamp();
        checkClock(last);
        waiting.sign(keys);
        waiting.require();
        SignedFile top = newest(Contents.TOP);
        Teams teams = Teams.of(top);
        List<SignedFile> targets = new ArrayList<>();
        for (String team : teams.roles()) {
            targets.add(newest(team));
        }
        targets.add(top);
        for (SignedFile each : targets) {
            checkCutOff(each, teams);
        }
        Optional<SignedFile> newest = space.metadata().newest("snapshot");
        boolean newSnapshot = newest.isEmpty() || isDue(newest.get(), targets);
        SignedFile snapshot = newSnapshot ? snapshot(targets, newest) : newest.orElseThrow();
        long version = last.map(SignedFile::version).orElse(0L) + 1;
        SignedFile timestamp = signed(MetadataWriter.timestamp(snapshot, version, now, now.plus(validity.timestamp())));
        List<String> notes = notes(targets, snapshot, timestamp);
        for (SignedFile each : targets) {
            if (waiting.targets().contains(each)) {
                write(each);
            }
        }
        if (newSnapshot) {
            write(snapshot);
        }
        space.disk().write(space.metadata().timestampFile(), timestamp.bytes());
        if (waiting.root().isPresent()) {
            write(waiting.root().get());
        }
        Map<String, Long> versions = new LinkedHashMap<>();
        versions.put("root", waiting.after().version());
        versions.put(top.role(), top.version());
        for (SignedFile each :
                Stream.concat(targets.stream(), Stream.of(snapshot, timestamp)).toList()) {
            versions.put(each.role(), each.version());
        }
        return new Published(versions, notes);
    }

    /** What waits of a role, where it has its signatures; else what is published. */
    private SignedFile newest(String role) throws RejectedException, IOException {
        Optional<SignedFile> next = waiting.targets(role);
        if (next.isPresent() && !waiting.lacks().containsKey(next.get().name())) {
            return next.get();
        }
        return space.metadata()
                .newest(role)
                .orElseThrow(() -> new RejectedException(
                        Reason.MISSING, "Nothing was published yet: run `picket release publish` first."));
    }

    /** A time before the last one would let gateways think less of this publication than of the one before. */
    private void checkClock(Optional<SignedFile> last) throws RejectedException {
        if (last.isPresent() && last.get().signed().hasNonNull("issued")) {
            Instant issued =
                    Instant.parse(new Fields("timestamp.json", last.get().signed()).text("issued"));
            if (now.isBefore(issued)) {
                throw new RejectedException(
                        Reason.OLDER,
                        "It is " + now + " by this machine's clock, and the last timestamp was signed at " + issued
                                + ": set the clock first.");
            }
        }
    }

    /** Of a publication that was killed, with keys that are not in force yet. */
    private void checkCutOff(SignedFile targets, Teams teams) throws RejectedException {
        Keyring keys = targets.role().equals(Contents.TOP) ? waiting.after() : teams;
        if (keys.signers(targets.role()).missing(targets) > 0) {
            throw new RejectedException(
                    Reason.UNSIGNED,
                    targets.name() + " belongs to a publication that was cut off: run `picket release publish` again.");
        }
    }

    private boolean isDue(SignedFile snapshot, List<SignedFile> targets) throws RejectedException {
        JsonNode meta = snapshot.signed().path("meta");
        return targets.stream()
                        .anyMatch(each ->
                                meta.path(each.role() + ".json").path("version").asLong() != each.version())
                || Validity.isDue(snapshot, validity.snapshot(), now)
                || waiting.after().signers("snapshot").missing(snapshot) > 0;
    }

    private SignedFile snapshot(List<SignedFile> targets, Optional<SignedFile> newest)
            throws RejectedException, IOException {
        long version = newest.map(SignedFile::version).orElse(0L) + 1;
        return signed(MetadataWriter.snapshot(targets, newest, version, now.plus(validity.snapshot())));
    }

    private SignedFile signed(SignedFile file) throws RejectedException, IOException {
        waiting.sign(file, keys);
        Signers signers = waiting.after().signers(file.role());
        Optional<String> lack = Waiting.lack(file, signers);
        if (lack.isPresent()) {
            throw new RejectedException(
                    Reason.MISSING, file.name() + " needs " + lack.get() + ": give the folder of these keys.");
        }
        return file;
    }

    private void write(SignedFile file) throws IOException {
        space.disk().write(space.metadata().file(file.role(), file.version()), file.bytes());
    }

    private List<String> notes(List<SignedFile> targets, SignedFile... online) throws RejectedException, IOException {
        List<String> notes = new ArrayList<>();
        for (SignedFile each :
                Stream.concat(Stream.of(targets.getLast()), Stream.of(online)).toList()) {
            if (waiting.before().signers(each.role()).missing(each) > 0) {
                notes.add("No old key of " + each.role()
                        + " was at hand: a gateway that asks between two files of this publication is refused, and comes"
                        + " again.");
            }
        }
        SignedFile root = waiting.root().isPresent()
                ? waiting.root().get()
                : space.metadata().root();
        for (SignedFile each : Stream.concat(Stream.of(root), targets.stream()).toList()) {
            if (each.expires().minus(SOON).isBefore(now)) {
                notes.add(each.name() + " expires at " + each.expires() + ": "
                        + (each.role().equals("root")
                                ? "renew it with `picket release key renew`."
                                : "sign it anew with `picket release publish` and its keys."));
            }
        }
        return notes;
    }
}
