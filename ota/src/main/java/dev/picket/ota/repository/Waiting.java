package dev.picket.ota.repository;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the offline roles have still to sign for the next publication.
 *
 * @param before the root in force
 * @param root the next root, after a change of keys: signed by the threshold of the root before it, and by its own
 * @param targets the next targets: signed by the threshold of the root after
 */
record Waiting(RootFile before, Optional<SignedFile> root, Optional<SignedFile> targets) {
    /** Makes the targets that are needed: the draft that is there where it still fits, with its signatures. */
    static Waiting of(Workspace space, Validity validity, Instant now) throws RejectedException, IOException {
        RootFile before = space.root();
        Optional<SignedFile> root = space.drafts().root();
        Waiting waiting = new Waiting(before, root, Optional.empty());
        Optional<SignedFile> newest = space.metadata().newest("targets");
        boolean good = newest.isPresent()
                && space.contents().sameAs(newest.get())
                && !Validity.isDue(newest.get(), validity.targets(), now)
                && waiting.after().signers("targets").missing(newest.get()) == 0;
        if (good) {
            return waiting;
        }
        Optional<SignedFile> draft =
                space.drafts().targets(space.contents()).filter(each -> !Validity.isDue(each, validity.targets(), now));
        long version = newest.map(SignedFile::version).orElse(0L) + 1;
        SignedFile targets = draft.orElseGet(
                () -> MetadataWriter.targets(space.contents().targets(), version, now.plus(validity.targets())));
        return new Waiting(before, root, Optional.of(targets));
    }

    /** For what signs with the root in force alone. */
    static Waiting nothing(Workspace space) throws RejectedException, IOException {
        return new Waiting(space.root(), Optional.empty(), Optional.empty());
    }

    /** The root that will be in force. */
    RootFile after() {
        return root.map(each -> new RootFile(each.signed())).orElse(before);
    }

    List<SignedFile> files() {
        return Stream.concat(root.stream(), targets.stream()).toList();
    }

    /** The keys that may sign a role: those of the root in force and of the next. */
    Set<String> ids(String role) {
        Set<String> ids = new HashSet<>(before.ids(role));
        ids.addAll(after().ids(role));
        return ids;
    }

    /**
     * Signs with every key that is here and may.
     *
     * @return how many signatures came new
     */
    int sign(SigningKeys keys) throws RejectedException, IOException {
        int added = 0;
        for (SignedFile file : files()) {
            added += sign(file, keys);
        }
        return added;
    }

    int sign(SignedFile file, SigningKeys keys) throws RejectedException, IOException {
        Set<String> wanted = ids(file.type());
        wanted.removeAll(before.signers(file.type()).valid(file));
        wanted.removeAll(after().signers(file.type()).valid(file));
        List<SigningKey> found = keys.find(wanted);
        found.forEach(file::sign);
        return found.size();
    }

    /** What each file still needs, by its name; an empty text where it has enough. */
    Map<String, String> state() throws RejectedException {
        Map<String, String> lacks = lacks();
        Map<String, String> state = new LinkedHashMap<>();
        files().forEach(each -> state.put(name(each), lacks.getOrDefault(name(each), "")));
        return state;
    }

    /** One sentence a file that has too few signatures; by the file's name: {@code root 2}. */
    Map<String, String> lacks() throws RejectedException {
        Map<String, String> lacks = new LinkedHashMap<>();
        for (SignedFile file : files()) {
            List<String> sentences = new ArrayList<>();
            Optional<String> afterwards = lack(file, after().signers(file.type()));
            if (file.type().equals("root")) {
                lack(file, before.signers("root"))
                        .filter(each -> !each.equals(afterwards.orElse("")))
                        .ifPresent(each -> sentences.add(each + " (the keys so far)"));
            }
            afterwards.ifPresent(sentences::add);
            if (!sentences.isEmpty()) {
                lacks.put(name(file), String.join("; and ", sentences));
            }
        }
        return lacks;
    }

    /**
     * Refuses to publish before all have signed.
     *
     * @throws RejectedException UNSIGNED
     */
    void require() throws RejectedException {
        for (Map.Entry<String, String> each : lacks().entrySet()) {
            throw new RejectedException(
                    Reason.UNSIGNED,
                    each.getKey() + " needs " + each.getValue()
                            + ": sign it with `picket release sign`, or give the keys here.");
        }
    }

    static String name(SignedFile file) {
        return file.type() + " " + file.version();
    }

    static Optional<String> lack(SignedFile file, Signers signers) {
        int missing = signers.missing(file);
        return missing == 0
                ? Optional.empty()
                : Optional.of(missing + " more of the " + signers.threshold() + " signatures of " + signers.role()
                        + ", by " + String.join(" or ", shortened(signers.outstanding(file))));
    }

    /** As people compare ids: the first 12 digits. */
    static List<String> shortened(List<String> ids) {
        return ids.stream()
                .map(each -> each.substring(0, Math.min(12, each.length())))
                .toList();
    }
}
