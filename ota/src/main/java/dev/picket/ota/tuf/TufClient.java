package dev.picket.ota.tuf;

import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/**
 * A client of one repository, with its trusted metadata in one folder. Not for more than one thread.
 *
 * <p>Addresses under the repository: {@code metadata/} for metadata, {@code targets/} for targets.
 */
public final class TufClient {
    private final MetadataFolder folder;
    private final byte[] firstRoot;
    private final Fetcher fetcher;
    private final TufLimits limits;
    private final Retry retry;

    /**
     * Makes a client; nothing is read before {@link #refresh}.
     *
     * @param folder where trusted metadata are kept; made when it is not there
     * @param firstRoot the root.json that is trusted for where it came from
     */
    public TufClient(Path folder, byte[] firstRoot, Fetcher fetcher, TufLimits limits, Retry retry) {
        this.folder = new MetadataFolder(folder);
        this.firstRoot = firstRoot.clone();
        this.fetcher = fetcher;
        this.limits = limits;
        this.retry = retry;
    }

    /**
     * Brings the trusted metadata up to date.
     *
     * @param now what expiry is held against; the caller keeps it from running backwards
     * @return the targets that are trusted now
     * @throws RejectedException with the rule that was broken; what was trusted before stays so
     * @throws UnavailableException when the repository or the disk cannot be used now
     */
    public TrustedTargets refresh(Instant now) throws RejectedException, UnavailableException, InterruptedException {
        return refresh(now, SignedTime.NONE);
    }

    /**
     * The same for one that keeps the time that was signed last.
     *
     * @param clock what the clock says
     * @param floor {@link TrustedTargets#signedTime} of the refresh before: no time before it counts
     */
    public TrustedTargets refresh(Instant clock, SignedTime floor)
            throws RejectedException, UnavailableException, InterruptedException {
        while (true) {
            try {
                return refreshHere(clock, floor);
            } catch (RejectedException e) {
                // One mirror of several may be stale or tampered with: what it sent was not taken over.
                if (!fetcher.elsewhere()) {
                    throw e;
                }
            }
        }
    }

    private TrustedTargets refreshHere(Instant clock, SignedTime floor)
            throws RejectedException, UnavailableException, InterruptedException {
        try {
            folder.open();
            TrustedMetadata trusted = new TrustedMetadata(firstRoot, clock, floor);
            return new Refresh(folder, trusted, fetcher, limits, retry).run();
        } catch (IOException e) {
            throw new UnavailableException("The trusted metadata cannot be kept: " + e.getMessage() + ".", e);
        }
    }
}
