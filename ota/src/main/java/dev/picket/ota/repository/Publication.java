package dev.picket.ota.repository;

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

/**
 * Signs and writes the metadata of one publication. All is signed in memory first, so a key that is missing changes
 * nothing on disk; then, each file whole and forced before the next:
 *
 * <pre>
 *   {n}.targets.json    when contents changed, half its time is over, or its keys changed
 *   {n}.snapshot.json   when targets are new, half its time is over, or its keys changed
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
        SignedFile targets = waiting.targets().orElse(null);
        boolean newTargets = targets != null;
        if (targets == null) {
            targets = space.metadata()
                    .newest("targets")
                    .orElseThrow(() -> new RejectedException(
                            Reason.MISSING, "Nothing was published yet: run `picket release publish` first."));
            checkCutOff(targets);
        }
        Optional<SignedFile> newest = space.metadata().newest("snapshot");
        boolean newSnapshot = newest.isEmpty() || isDue(newest.get(), targets);
        SignedFile snapshot = newSnapshot ? snapshot(targets, newest) : newest.orElseThrow();
        long version = last.map(SignedFile::version).orElse(0L) + 1;
        SignedFile timestamp = signed(MetadataWriter.timestamp(snapshot, version, now, now.plus(validity.timestamp())));
        List<String> notes = notes(targets, snapshot, timestamp);
        if (newTargets) {
            write(targets);
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
        for (SignedFile each : List.of(targets, snapshot, timestamp)) {
            versions.put(each.type(), each.version());
        }
        return new Published(versions, notes);
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

    /** Of a publication that was killed, with a new root that is not there yet. */
    private void checkCutOff(SignedFile targets) throws RejectedException {
        if (waiting.after().signers("targets").missing(targets) > 0) {
            throw new RejectedException(
                    Reason.UNSIGNED,
                    Waiting.name(targets)
                            + " belongs to a publication that was cut off: run `picket release publish` again.");
        }
    }

    private boolean isDue(SignedFile snapshot, SignedFile targets) throws RejectedException {
        long named = snapshot.signed()
                .path("meta")
                .path("targets.json")
                .path("version")
                .asLong();
        return named != targets.version()
                || Validity.isDue(snapshot, validity.snapshot(), now)
                || waiting.after().signers("snapshot").missing(snapshot) > 0;
    }

    private SignedFile snapshot(SignedFile targets, Optional<SignedFile> newest) throws RejectedException, IOException {
        long version = newest.map(SignedFile::version).orElse(0L) + 1;
        return signed(MetadataWriter.snapshot(targets, version, now.plus(validity.snapshot())));
    }

    private SignedFile signed(SignedFile file) throws RejectedException, IOException {
        waiting.sign(file, keys);
        Signers signers = waiting.after().signers(file.type());
        Optional<String> lack = Waiting.lack(file, signers);
        if (lack.isPresent()) {
            throw new RejectedException(
                    Reason.MISSING, Waiting.name(file) + " needs " + lack.get() + ": give the folder of these keys.");
        }
        return file;
    }

    private void write(SignedFile file) throws IOException {
        space.disk().write(space.metadata().file(file.type(), file.version()), file.bytes());
    }

    private List<String> notes(SignedFile... files) throws RejectedException, IOException {
        List<String> notes = new ArrayList<>();
        for (SignedFile each : files) {
            if (waiting.before().signers(each.type()).missing(each) > 0) {
                notes.add("No old key of " + each.type()
                        + " was at hand: a gateway that asks between two files of this publication is refused, and comes"
                        + " again.");
            }
        }
        SignedFile root = waiting.root().isPresent()
                ? waiting.root().get()
                : space.metadata().root();
        for (SignedFile each : List.of(root, files[0])) {
            if (each.expires().minus(SOON).isBefore(now)) {
                notes.add(Waiting.name(each) + " expires at " + each.expires() + ": "
                        + (each.type().equals("root")
                                ? "renew it with `picket release key renew`."
                                : "sign it anew with `picket release publish` and its keys."));
            }
        }
        return notes;
    }
}
