package dev.picket.ota.store;

import dev.picket.ota.AtomicFiles;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.release.ReleaseFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one file.
 *
 * <pre>
 *   {sha256}.part   grows, over kills and restarts; hashed from its beginning each time it is opened
 *        | whole, and the hash is the signed one             | whole, and it is not
 *        v                                                   v
 *   {sha256}        forced and renamed                       removed and counted; begun anew, once where the part was
 *                                                            made of several pieces, and once for each other place
 * </pre>
 */
final class Download {
    private static final Logger log = LoggerFactory.getLogger(Download.class);

    private final ReleaseFile file;
    private final Path part;
    private final Path blob;
    private final Fetcher fetcher;
    private final Spoilt spoilt;
    private final Progress progress;
    private boolean begunAnew;

    Download(ReleaseFile file, Path part, Path blob, Fetcher fetcher, Spoilt spoilt, Progress progress) {
        this.file = file;
        this.part = part;
        this.blob = blob;
        this.fetcher = fetcher;
        this.spoilt = spoilt;
        this.progress = progress;
    }

    /**
     * Goes on until the blob is there.
     *
     * @throws RejectedException TAMPERED or TOO_LARGE, and the part is gone; MISSING, and it is kept
     * @throws UnavailableException what came is kept
     */
    void run(Retry retry) throws RejectedException, UnavailableException, IOException, InterruptedException {
        if (!fetcher.isLocal()) {
            spoilt.check(file);
        }
        while (true) {
            try {
                retry.call(this::attempt, progress::came);
                spoilt.forget(file);
                return;
            } catch (RejectedException e) {
                throwAway(e);
                if (e.reason() == Reason.MISSING || !fetcher.elsewhere()) {
                    remember(e);
                    throw e;
                }
            }
        }
    }

    private boolean attempt() throws RejectedException, UnavailableException, IOException, InterruptedException {
        try {
            if (!comesWell()) {
                log.warn("{} was put together out of pieces that do not fit, and is fetched anew", file.name());
                begunAnew = true;
                throwAway();
                comesWell();
            }
        } catch (UnavailableException e) {
            progress.waits(String.valueOf(e.getMessage()));
            throw e;
        }
        AtomicFiles.publish(part, blob);
        return true;
    }

    /** False where the bytes are wrong, some of them lay here before, and it was not begun anew already. */
    private boolean comesWell() throws RejectedException, UnavailableException, IOException, InterruptedException {
        if (Files.exists(part) && Files.size(part) > file.length()) {
            throwAway();
        }
        try (PartBody body = PartBody.open(part, progress)) {
            if (body.length() < file.length()) {
                progress.from(fetcher.place());
                fetcher.fetch("blobs/" + file.sha256(), body.length(), file.length(), body);
            }
            if (body.length() < file.length()) {
                throw new RejectedException(
                        Reason.TAMPERED,
                        file.name() + " has " + body.length() + " bytes where " + file.length() + " are signed.");
            }
            String found = body.sha256();
            if (found.equals(file.sha256())) {
                return true;
            }
            if (body.isContinued() && !begunAnew) {
                return false;
            }
            throw new RejectedException(
                    Reason.TAMPERED,
                    file.name() + " has the SHA-256 " + found + " where " + file.sha256() + " is signed.");
        }
    }

    /** What may still be right is kept: bytes of a file that is only missing now. */
    private void throwAway(RejectedException why) throws IOException {
        if (why.reason() != Reason.MISSING) {
            throwAway();
        }
    }

    private void throwAway() throws IOException {
        if (Files.exists(part)) {
            progress.thrownAway(Files.size(part));
            AtomicFiles.remove(part);
        }
    }

    private void remember(RejectedException why) throws IOException {
        if (why.reason() != Reason.MISSING && !fetcher.isLocal()) {
            spoilt.add(file);
        }
    }
}
