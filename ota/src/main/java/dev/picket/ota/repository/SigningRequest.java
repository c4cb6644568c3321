package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.tuf.Key;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What travels to a machine that is never online, and comes back with more signatures; the same file serves both ways and
 * several signers, one after the other or each with a copy:
 *
 * <pre>
 *   {"format":1,"kind":"signing-request",
 *    "root":    the root in force, as published
 *    "before":  {"targets": as published last, team…}  what the new ones are compared with
 *    "waiting": {"root":…, "targets":…, team:…}        metadata with the signatures so far
 *    "files":   {"channels/stable.json":"…"}}          the texts of targets, those first that are new or changed
 * </pre>
 *
 * Who carries it is not trusted: a signer is told what it signs from the very bytes that are signed, and the texts of targets
 * only count when they have the hash that is signed.
 */
public final class SigningRequest {
    private static final long MAX_BYTES = 64L << 20;
    private static final long MAX_TEXT_BYTES = 16L << 20;

    private final SignedFile root;
    private final List<SignedFile> before;
    private final Waiting waiting;
    private final Map<String, String> files;

    private SigningRequest(SignedFile root, List<SignedFile> before, Waiting waiting, Map<String, String> files) {
        this.root = root;
        this.before = before;
        this.waiting = waiting;
        this.files = files;
    }

    /**
     * What waits in a repository.
     *
     * @throws RejectedException when nothing does
     */
    public static SigningRequest of(Repository repository, Validity validity, Instant now)
            throws RejectedException, IOException {
        Workspace space = repository.space();
        Waiting waiting = Waiting.of(space, validity, now);
        if (waiting.files().isEmpty()) {
            throw new RejectedException(Reason.MISSING, "Nothing waits for a signature in " + space.folder() + ".");
        }
        List<SignedFile> before = new ArrayList<>();
        Set<String> changed = new LinkedHashSet<>();
        for (String role : space.contents().roles()) {
            Optional<SignedFile> last = space.metadata().newest(role);
            last.ifPresent(before::add);
            waiting.targets(role).ifPresent(next -> changed.addAll(Differences.changedPaths(last, next)));
        }
        Map<String, String> files = waiting.targets().isEmpty() ? Map.of() : texts(space, changed);
        for (SignedFile each : waiting.files()) {
            space.drafts().save(each);
        }
        return new SigningRequest(space.metadata().root(), before, waiting, files);
    }

    /** The texts of targets: those that changed first, then the others, for a signer who compares with nothing. */
    private static Map<String, String> texts(Workspace space, Set<String> changed) throws IOException {
        Set<String> paths = new LinkedHashSet<>(changed);
        paths.addAll(space.contents().paths());
        Map<String, String> texts = new TreeMap<>();
        long bytes = 0;
        for (String path : paths) {
            if (space.contents().sha256(path).isPresent()) {
                byte[] text = space.targets().read(path);
                bytes += text.length;
                if (bytes > MAX_TEXT_BYTES) {
                    break;
                }
                texts.put(path, new String(text, StandardCharsets.UTF_8));
            }
        }
        return texts;
    }

    /** Reads one. */
    public static SigningRequest read(Path file) throws RejectedException, IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new RejectedException(
                    Reason.TOO_LARGE, file + " has " + Files.size(file) + " bytes and may have " + MAX_BYTES + ".");
        }
        Fields fields = StrictJson.parse(file.toString(), Files.readAllBytes(file));
        fields.number("format", 1, 1);
        if (!fields.text("kind", 32).equals("signing-request")) {
            throw fields.fault("kind", "signing-request");
        }
        SignedFile root = SignedFile.parse("root", fields.object("root"));
        List<SignedFile> before = signedFiles(fields.objectsByName("before"));
        List<SignedFile> waiting = signedFiles(fields.objectsByName("waiting"));
        Optional<SignedFile> targets = of(Contents.TOP, waiting).or(() -> of(Contents.TOP, before));
        SigningRequest request = new SigningRequest(
                root,
                before,
                new Waiting(
                        new RootFile(root.signed()),
                        of("root", waiting),
                        targets.isPresent() ? Teams.of(targets.get()) : Teams.none(),
                        waiting.stream()
                                .filter(each -> !each.role().equals("root"))
                                .toList(),
                        Set.of()),
                fields.textsByName("files"));
        request.check(file);
        return request;
    }

    /** Writes it, over what was there. */
    public void write(Path file, Disk disk) throws IOException {
        disk.write(file, StrictJson.pretty(toJson()));
    }

    private ObjectNode toJson() {
        ObjectNode json = StrictJson.object().put("format", 1).put("kind", "signing-request");
        json.set("root", root.toJson());
        ObjectNode last = json.putObject("before");
        before.forEach(each -> last.set(each.role(), each.toJson()));
        ObjectNode documents = json.putObject("waiting");
        waiting.files().forEach(each -> documents.set(each.role(), each.toJson()));
        ObjectNode texts = json.putObject("files");
        files.forEach(texts::put);
        return json;
    }

    /**
     * Signs with every key that is here and may.
     *
     * @return how many signatures came new
     * @throws RejectedException when no key here may sign any of it
     */
    public int sign(SigningKeys keys) throws RejectedException, IOException {
        int added = waiting.sign(keys);
        if (added == 0) {
            throw new RejectedException(
                    Reason.WRONG_KEY, "No key here has anything to sign: " + String.join("; ", needs()) + ".");
        }
        return added;
    }

    /** What is signed, line by line, compared with what is published: for whoever made the request. */
    public List<String> lines() throws RejectedException {
        return lines(_ -> true);
    }

    /**
     * The same for a signer: compared only with what one of its own keys signed before. Anything else was perhaps made by
     * whoever carried the request, to hide a line, so then everything is listed.
     *
     * @param own the signer's keys, from its own disk, by id
     */
    public List<String> lines(Map<String, Key> own) throws RejectedException {
        Signers signer = new Signers("own", own, 1);
        return lines(file -> !signer.valid(file).isEmpty());
    }

    private List<String> lines(Predicate<SignedFile> trusted) throws RejectedException {
        List<String> lines = new ArrayList<>();
        for (SignedFile each : waiting.files()) {
            lines.add(each.name() + ", good until " + each.expires() + ", SHA-256 of what is signed " + each.digest());
            Optional<SignedFile> brought = each.role().equals("root") ? Optional.of(root) : of(each.role(), before);
            // An older one of the signer's own would hide what was taken back since.
            Optional<SignedFile> known = brought.filter(trusted).filter(file -> file.version() + 1 == each.version());
            if (brought.isEmpty()) {
                lines.add("  the first one, so all of it is listed:");
            } else if (known.isEmpty()) {
                lines.add(
                        "  what is brought to compare it with is not the version before it, signed by a key of yours, so all of"
                                + " it is listed:");
            }
            lines.addAll(
                    each.role().equals("root")
                            ? Differences.ofRoots(known.map(file -> new RootFile(file.signed())), waiting.after())
                            : Differences.ofTargets(known, each, files));
        }
        return lines;
    }

    /** What each file still needs, by its name; an empty text where it has enough. */
    public Map<String, String> state() throws RejectedException {
        return waiting.state();
    }

    /**
     * Takes its signatures into the repository.
     *
     * @return how many came new
     * @throws RejectedException when it was made for other metadata than those that wait there now
     */
    public int mergeInto(Repository repository) throws RejectedException, IOException {
        Workspace space = repository.space();
        Waiting here = Waiting.drafts(space);
        int added = 0;
        for (SignedFile each : waiting.files()) {
            SignedFile draft = here.files().stream()
                    .filter(file ->
                            file.role().equals(each.role()) && file.digest().equals(each.digest()))
                    .findFirst()
                    .orElseThrow(() -> new RejectedException(
                            Reason.MIXED,
                            "The signed " + each.name()
                                    + " is not the one that waits here: something was changed after the export;"
                                    + " export it again."));
            added += merge(here, draft, each);
            space.drafts().save(draft);
        }
        return added;
    }

    /** Only signatures that are right by what is here: a file from a stick is not trusted. */
    private static int merge(Waiting here, SignedFile draft, SignedFile signed) throws RejectedException {
        int added = 0;
        for (Signers signers : here.signers(signed.role())) {
            for (String id : signers.valid(signed)) {
                if (draft.signatures().put(id, signed.signatures().get(id)) == null) {
                    added++;
                }
            }
        }
        return added;
    }

    private List<String> needs() throws RejectedException {
        List<String> needs = new ArrayList<>();
        state().forEach((name, lack) -> needs.add(lack.isEmpty() ? name + " has enough" : name + " needs " + lack));
        return needs;
    }

    private void check(Path file) throws RejectedException {
        long next = waiting.before().version() + 1;
        if (waiting.root().isPresent()) {
            SignedFile draft = waiting.root().get();
            if (draft.version() != next) {
                throw new RejectedException(Reason.MALFORMED, file + " does not hold root " + next + ".");
            }
            waiting.after().check();
        }
        for (SignedFile each : waiting.files()) {
            each.requireKnownFields();
        }
        waiting.teams().checkApart(waiting.before());
        waiting.teams().checkApart(waiting.after());
        for (SignedFile each : waiting.targets()) {
            if (!each.role().equals(Contents.TOP)) {
                // Its key is never asked for more than the team may do, whoever made the request.
                waiting.teams().checkCovers(each);
            }
        }
        if (waiting.files().isEmpty()) {
            throw new RejectedException(Reason.MISSING, file + " holds nothing to sign.");
        }
    }

    /** By role. */
    private static List<SignedFile> signedFiles(Map<String, Fields> fields) throws RejectedException {
        List<SignedFile> files = new ArrayList<>();
        for (Map.Entry<String, Fields> each : fields.entrySet()) {
            files.add(SignedFile.parse(each.getKey(), each.getValue()));
        }
        return files;
    }

    private static Optional<SignedFile> of(String role, List<SignedFile> files) {
        return files.stream().filter(each -> each.role().equals(role)).findFirst();
    }
}
