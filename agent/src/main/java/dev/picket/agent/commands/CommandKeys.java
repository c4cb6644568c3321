package dev.picket.agent.commands;

import dev.picket.ota.AtomicFiles;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.release.CommandJwk;
import dev.picket.ota.release.CommandJwks;
import dev.picket.ota.tuf.TargetFile;
import dev.picket.ota.tuf.TrustedTargets;
import dev.picket.ota.update.Refreshed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys in force: those of the last verified {@link CommandJwks#PATH}, kept in {@code updates/command-keys.json}.
 *
 * <pre>
 *   listed by the top-level role, well-formed   these are in force at once, and kept; others are revoked
 *   listed and malformed, or not to be had now  those before stay in force, and it is told
 *   no longer listed by fresh metadata          none is in force, and it is told
 *   metadata expired, repository away           those before stay in force
 *   no repository or no trusted root any more   none is in force; those before are kept, and none is believed
 * </pre>
 *
 * The file is replaced whole, so after a crash the keys before or the new ones are in force, until the next refresh.
 */
public final class CommandKeys implements Refreshed {
    private static final Logger LOG = LoggerFactory.getLogger(CommandKeys.class);
    private static final CommandJwks NONE = new CommandJwks(List.of(), 0);

    private final Path file;
    private final String off;
    private volatile CommandJwks inForce = NONE;
    private volatile String trouble = "";

    private CommandKeys(Path file, String off) {
        this.file = file;
        this.off = off;
    }

    /**
     * The keys that were kept; none where there are none, or they cannot be read.
     *
     * @param off why nothing that is signed counts here, as {@code Updates.off} says; empty where it does. What no root
     *     vouches for any more orders nothing about, however it was verified once
     */
    public static CommandKeys open(Path folder, String off) {
        CommandKeys keys = new CommandKeys(folder.resolve("command-keys.json"), off);
        if (off.isEmpty()) {
            keys.read();
        }
        return keys;
    }

    /** What keeps keys from being in force as they are published, one sentence; empty when nothing does. */
    public String trouble() {
        return trouble;
    }

    /** Why no key is in force, in one sentence that says what to do; empty where one is. */
    String none() {
        if (!inForce.keys().isEmpty()) {
            return "";
        }
        return off.isEmpty()
                ? "This gateway knows no command keys; publish picket/command-keys.json in the repository that it"
                        + " follows."
                : "Signed commands are off here, as no trusted repository says whose count: set updates.repository and"
                        + " updates.root. " + off;
    }

    Optional<CommandJwk> find(String keyId) {
        return inForce.find(keyId);
    }

    @Override
    public void targets(TrustedTargets trusted) throws InterruptedException {
        try {
            Optional<TargetFile> listed = trusted.findAtTop(CommandJwks.PATH);
            if (listed.isEmpty()) {
                revokeAll();
            } else if (!isKept(listed.get())) {
                byte[] bytes = trusted.download(listed.get(), CommandJwks.MAX_BYTES);
                take(CommandJwks.parse(CommandJwks.PATH, bytes), bytes);
            }
            trouble = "";
        } catch (RejectedException e) {
            tell("The published command keys are refused, those before stay in force: " + e.getMessage());
        } catch (UnavailableException e) {
            tell("The command keys could not be fetched, those before stay in force: " + e.getMessage());
        } catch (IOException e) {
            if (Thread.interrupted()) {
                // An order goes first; the next refresh keeps them.
                throw new InterruptedException();
            }
            tell("The command keys are in force and could not be kept for the next start (" + e.getMessage()
                    + "): look at the disk.");
        }
    }

    private void revokeAll() throws IOException {
        if (!inForce.keys().isEmpty()) {
            LOG.warn("The published metadata list no command keys any more: no signed command is taken");
        }
        inForce = NONE;
        AtomicFiles.remove(file);
    }

    /** In force before it is kept: a key that was revoked must not live on because a disk is full. */
    private void take(CommandJwks keys, byte[] bytes) throws IOException {
        inForce = keys;
        AtomicFiles.write(file, bytes);
        LOG.info(
                "Command keys in force: {}",
                keys.keys().stream().map(CommandJwk::kid).toList());
    }

    private boolean isKept(TargetFile listed) throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        byte[] kept = Files.readAllBytes(file);
        try {
            listed.info().check(listed.path(), kept);
            inForce = CommandJwks.parse(CommandJwks.PATH, kept);
            return true;
        } catch (RejectedException _) {
            return false;
        }
    }

    private void read() {
        try {
            if (Files.exists(file)) {
                inForce = CommandJwks.parse(file.toString(), Files.readAllBytes(file));
            }
        } catch (RejectedException | IOException e) {
            tell("The kept command keys cannot be read, no signed command is taken before the next refresh: "
                    + e.getMessage());
        }
    }

    private void tell(String sentence) {
        if (!sentence.equals(trouble)) {
            LOG.warn("{}", sentence);
        }
        trouble = sentence;
    }
}
