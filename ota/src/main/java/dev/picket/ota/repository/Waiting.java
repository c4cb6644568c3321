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
 * @param teams as the next targets name them
 * @param targets the next targets, signed by the threshold of the root after; then those of teams, each signed by its own
 * @param renewals teams whose published file says the same and holds still: the next publication can do without these
 */
record Waiting(
        RootFile before, Optional<SignedFile> root, Teams teams, List<SignedFile> targets, Set<String> renewals) {
    Waiting {
        targets = List.copyOf(targets);
        renewals = Set.copyOf(renewals);
    }

    /** Makes the targets that are needed: the drafts that are there where they still fit, with their signatures. */
    static Waiting of(Workspace space, Validity validity, Instant now) throws RejectedException, IOException {
        Teams teams = space.contents().teams();
        Waiting keys = new Waiting(space.root(), space.drafts().root(), teams, List.of(), Set.of());
        List<SignedFile> targets = new ArrayList<>();
        Set<String> renewals = new HashSet<>();
        for (String role : space.contents().roles()) {
            Optional<SignedFile> newest = space.metadata().newest(role).filter(space.contents()::sameAs);
            boolean holds = newest.isPresent() && keys.signers(role).getLast().missing(newest.get()) == 0;
            if (!holds || Validity.isDue(newest.get(), validity.targets(), now)) {
                targets.add(next(space, role, validity, now));
                if (holds && !role.equals(Contents.TOP)) {
                    renewals.add(role);
                }
            }
        }
        return new Waiting(keys.before(), keys.root(), teams, targets, renewals);
    }

    private static SignedFile next(Workspace space, String role, Validity validity, Instant now)
            throws RejectedException, IOException {
        Optional<SignedFile> draft = space.drafts()
                .targets(role, space.contents())
                .filter(each -> !Validity.isDue(each, validity.targets(), now));
        long version = space.metadata().newest(role).map(SignedFile::version).orElse(0L) + 1;
        return draft.orElseGet(
                () -> MetadataWriter.targets(role, space.contents().next(role), version, now.plus(validity.targets())));
    }

    /** The drafts as they lie there, for what comes back signed. */
    static Waiting drafts(Workspace space) throws RejectedException, IOException {
        Contents contents = space.contents();
        List<SignedFile> targets = new ArrayList<>();
        for (String role : contents.roles()) {
            space.drafts().targets(role, contents).ifPresent(targets::add);
        }
        return new Waiting(space.root(), space.drafts().root(), contents.teams(), targets, Set.of());
    }

    /** For what signs with the root in force alone. */
    static Waiting nothing(Workspace space) throws RejectedException, IOException {
        return new Waiting(space.root(), Optional.empty(), Teams.none(), List.of(), Set.of());
    }

    /** The root that will be in force. */
    RootFile after() {
        return root.map(each -> new RootFile(each.signed())).orElse(before);
    }

    List<SignedFile> files() {
        return Stream.concat(root.stream(), targets.stream()).toList();
    }

    /** The targets of a role, where they wait. */
    Optional<SignedFile> targets(String role) {
        return targets.stream().filter(each -> each.role().equals(role)).findFirst();
    }

    /** Who may sign a role: by the root in force and, last, by the next one; of a team, by the next targets. */
    List<Signers> signers(String role) throws RejectedException {
        return RootFile.ROLES.contains(role)
                ? List.of(before.signers(role), after().signers(role))
                : List.of(teams.signers(role));
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
        Set<String> wanted = new HashSet<>();
        Set<String> signed = new HashSet<>();
        for (Signers each : signers(file.role())) {
            wanted.addAll(each.ids());
            signed.addAll(each.valid(file));
        }
        wanted.removeAll(signed);
        List<SigningKey> found = keys.find(wanted);
        found.forEach(file::sign);
        return found.size();
    }

    /** What each file still needs, by its name; an empty text where it has enough. */
    Map<String, String> state() throws RejectedException {
        Map<String, String> lacks = lacks();
        Map<String, String> state = new LinkedHashMap<>();
        files().forEach(each -> state.put(each.name(), lacks.getOrDefault(each.name(), "")));
        return state;
    }

    /** One sentence a file that has too few signatures; by the file's name: {@code root 2}. */
    Map<String, String> lacks() throws RejectedException {
        Map<String, String> lacks = new LinkedHashMap<>();
        for (SignedFile file : files()) {
            List<String> sentences = new ArrayList<>();
            Optional<String> afterwards = lack(file, signers(file.role()).getLast());
            if (file.role().equals("root")) {
                lack(file, before.signers("root"))
                        .filter(each -> !each.equals(afterwards.orElse("")))
                        .ifPresent(each -> sentences.add(each + " (the keys so far)"));
            }
            afterwards.ifPresent(sentences::add);
            if (!sentences.isEmpty()) {
                lacks.put(file.name(), String.join("; and ", sentences));
            }
        }
        return lacks;
    }

    /**
     * Refuses to publish before all have signed whose signature is needed.
     *
     * @throws RejectedException UNSIGNED
     */
    void require() throws RejectedException {
        Map<String, String> lacks = lacks();
        for (SignedFile each : files()) {
            if (lacks.containsKey(each.name()) && !renewals.contains(each.role())) {
                throw new RejectedException(
                        Reason.UNSIGNED,
                        each.name() + " needs " + lacks.get(each.name())
                                + ": sign it with `picket release sign`, or give the keys here.");
            }
        }
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
