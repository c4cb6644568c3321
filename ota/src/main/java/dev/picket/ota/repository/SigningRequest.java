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
 *    "before":  {"targets": as published last}         what the new one is compared with
 *    "waiting": {"root":…, "targets":…}                metadata with the signatures so far
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
    private final Optional<SignedFile> before;
    private final Waiting waiting;
    private final Map<String, String> files;

    private SigningRequest(SignedFile root, Optional<SignedFile> before, Waiting waiting, Map<String, String> files) {
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
        Optional<SignedFile> before = space.metadata().newest("targets");
        Map<String, String> files = waiting.targets().isPresent()
                ? texts(
                        space,
                        Differences.changedPaths(before, waiting.targets().get()))
                : Map.of();
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
        SignedFile root = signedFile(fields, "root").orElseThrow(() -> fields.fault("root", "there"));
        Waiting waiting = new Waiting(
                new RootFile(root.signed()),
                signedFile(fields.object("waiting"), "root"),
                signedFile(fields.object("waiting"), "targets"));
        SigningRequest request = new SigningRequest(
                root, signedFile(fields.object("before"), "targets"), waiting, fields.textsByName("files"));
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
        before.ifPresent(each -> last.set("targets", each.toJson()));
        ObjectNode documents = json.putObject("waiting");
        waiting.files().forEach(each -> documents.set(each.type(), each.toJson()));
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
            lines.add(Waiting.name(each) + ", good until " + each.expires() + ", SHA-256 of what is signed "
                    + each.digest());
            Optional<SignedFile> brought = each.type().equals("root") ? Optional.of(root) : before;
            Optional<SignedFile> known = brought.filter(trusted);
            if (brought.isEmpty()) {
                lines.add("  the first one, so all of it is listed:");
            } else if (known.isEmpty()) {
                lines.add("  no key of yours signed what stands before it, so all of it is listed:");
            }
            lines.addAll(
                    each.type().equals("root")
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
        Waiting here =
                new Waiting(space.root(), space.drafts().root(), space.drafts().targets(space.contents()));
        int added = 0;
        for (SignedFile each : waiting.files()) {
            SignedFile draft = here.files().stream()
                    .filter(file -> file.digest().equals(each.digest()))
                    .findFirst()
                    .orElseThrow(() -> new RejectedException(
                            Reason.MIXED,
                            "The signed " + Waiting.name(each)
                                    + " is not the one that waits here: something was changed after the export;"
                                    + " export it again."));
            added += merge(here, draft, each);
            space.drafts().save(draft);
        }
        return added;
    }

    /** Only signatures that are right by the roots that are here: a file from a stick is not trusted. */
    private static int merge(Waiting here, SignedFile draft, SignedFile signed) throws RejectedException {
        int added = 0;
        for (RootFile root : List.of(here.before(), here.after())) {
            for (String id : root.signers(signed.type()).valid(signed)) {
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
            if (!draft.type().equals("root") || draft.version() != next) {
                throw new RejectedException(Reason.MALFORMED, file + " does not hold root " + next + ".");
            }
            waiting.after().check();
        }
        if (waiting.targets().isPresent() && !waiting.targets().get().type().equals("targets")) {
            throw new RejectedException(Reason.MALFORMED, file + " holds no targets where it should.");
        }
        if (waiting.files().isEmpty()) {
            throw new RejectedException(Reason.MISSING, file + " holds nothing to sign.");
        }
    }

    private static Optional<SignedFile> signedFile(Fields fields, String name) throws RejectedException {
        return fields.has(name) ? Optional.of(SignedFile.parse(fields.object(name))) : Optional.empty();
    }
}
