package dev.picket.ota.store;

import dev.picket.ota.AtomicFiles;
import dev.picket.ota.Hashes;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.release.FirstStage;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.ReleaseFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/**
 * Files by SHA-256, and Sets as folders of hard links to them.
 *
 * <pre>
 *   blobs/{sha256}            whole, verified, forced; never changed
 *   blobs/{sha256}.part       a download; resumed, whatever tore it
 *   sets/{name}-{counter}-{members}/    base/…  tasks/{task}/…   links; there whole or not at all
 * </pre>
 *
 * A blob has its final name only once its bytes were verified and forced; a Set's folder only once all its links were
 * made and forced. So whatever has a name here survives a power cut whole.
 */
public final class FileStore {
    private static final String PART = ".part";
    private static final Duration PARTS_LAST = Duration.ofDays(14);

    private final Path blobs;
    private final Path sets;
    private final Fetcher fetcher;
    private final Retry retry;
    private final long spareBytes;
    private final InstantSource clock;
    private final Spoilt spoilt;
    private final Progress progress = new Progress(System::nanoTime);

    /** A store by the system's clock. */
    public FileStore(Path folder, Fetcher fetcher, Retry retry, long spareBytes) {
        this(folder, fetcher, retry, spareBytes, InstantSource.system());
    }

    /**
     * Makes a store; nothing is touched before {@link #open}.
     *
     * @param spareBytes left free on the disk, whatever is fetched
     * @param clock says how old a download is, and when a bad file is asked for again
     */
    public FileStore(Path folder, Fetcher fetcher, Retry retry, long spareBytes, InstantSource clock) {
        this.blobs = folder.resolve("blobs");
        this.sets = folder.resolve("sets");
        this.fetcher = fetcher;
        this.retry = retry;
        this.spareBytes = spareBytes;
        this.clock = clock;
        this.spoilt = new Spoilt(folder.resolve("spoilt.json"), clock);
    }

    /** Makes the folders, and removes what a crash left half-made. Downloads are kept. */
    public void open() throws IOException {
        AtomicFiles.createFolders(blobs);
        AtomicFiles.createFolders(sets);
        AtomicFiles.removeStale(blobs);
        AtomicFiles.removeStale(sets);
    }

    /** How far a fetch has come, or why it waits; for any thread. */
    public Fetching fetching() {
        return progress.now();
    }

    /**
     * Makes all files of a Set be there, verified; fetches only what is not.
     *
     * @param listener told the bytes that are there, a few times a second at most
     * @throws RejectedException TAMPERED, TOO_LARGE or MISSING; no byte of a file that did not verify is kept
     * @throws UnavailableException when the repository cannot be reached or the disk is full; what came is kept
     */
    public void fetch(InstalledSet set, LongConsumer listener)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        progress.begin(set, listener);
        try {
            for (ReleaseFile file : missing(set)) {
                new Download(file, part(file), blob(file), fetcher, spoilt, progress).run(retry);
            }
            progress.end();
        } catch (RejectedException | InterruptedException e) {
            progress.end();
            throw e;
        } catch (UnavailableException | IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                progress.end();
            } else {
                progress.waits(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    /** Those that are not here whole, each once; looked at before anything is asked for, so that they all fit. */
    private List<ReleaseFile> missing(InstalledSet set) throws UnavailableException, IOException {
        Map<String, ReleaseFile> missing = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        long needed = 0;
        for (ReleaseFile file : set.files().toList()) {
            long here = file.length();
            if (seen.add(file.sha256()) && !isWhole(file)) {
                missing.put(file.sha256(), file);
                here = Files.exists(part(file)) ? Math.min(Files.size(part(file)), file.length()) : 0;
                needed += file.length() - here;
            } else if (missing.containsKey(file.sha256())) {
                here = 0;
            }
            progress.here(here);
        }
        checkSpace(set, needed);
        return List.copyOf(missing.values());
    }

    private void checkSpace(InstalledSet set, long needed) throws UnavailableException, IOException {
        long usable = Files.getFileStore(blobs).getUsableSpace();
        if (needed > 0 && usable - needed < spareBytes) {
            throw new UnavailableException("Set " + set.label() + " needs " + needed + " bytes more, and of " + usable
                    + " free ones " + spareBytes + " are kept.");
        }
    }

    /**
     * Lays a fetched Set out as folders of links, in one step. One that lies there whole stays as it is; what is broken
     * is moved aside before it is removed, so that no half of a Set ever has its name.
     */
    public SetFolder materialise(InstalledSet set) throws IOException {
        Path target = sets.resolve(set.folderName());
        if (isLinked(set)) {
            return new SetFolder(set, target);
        }
        Path making = AtomicFiles.temporaryFor(target);
        link(set.base(), making.resolve("base"));
        for (Release task : set.tasks()) {
            link(task, making.resolve("tasks").resolve(task.name()));
        }
        linkFirst(new SetFolder(set, making));
        discard(target);
        AtomicFiles.move(making, target);
        return new SetFolder(set, target);
    }

    private void linkFirst(SetFolder making) throws IOException {
        FirstStage first = making.set().firstStage();
        if (first != null) {
            link(first.base(), making.firstBase());
            for (Release task : first.tasks()) {
                link(task, making.firstTask(task.name()));
            }
        }
    }

    private boolean isFirstLinked(SetFolder folder) throws IOException {
        FirstStage first = folder.set().firstStage();
        if (first == null) {
            return true;
        }
        for (Release task : first.tasks()) {
            if (!isLinked(task, folder.firstTask(task.name()))) {
                return false;
            }
        }
        return isLinked(first.base(), folder.firstBase());
    }

    private boolean isLinked(InstalledSet set) throws IOException {
        SetFolder folder = folder(set);
        if (!isLinked(set.base(), folder.base()) || !isFirstLinked(folder)) {
            return false;
        }
        for (Release task : set.tasks()) {
            if (!isLinked(task, folder.task(task.name()))) {
                return false;
            }
        }
        return true;
    }

    private boolean isLinked(Release release, Path folder) throws IOException {
        for (ReleaseFile file : release.files()) {
            Path link = folder.resolve(file.name());
            if (!Files.exists(link) || !Files.exists(blob(file)) || !Files.isSameFile(link, blob(file))) {
                return false;
            }
        }
        return true;
    }

    /** Whether every file of a materialised Set is there with its bytes; reads them all. */
    public boolean isWhole(InstalledSet set) throws IOException {
        if (!isLinked(set)) {
            return false;
        }
        for (ReleaseFile file : set.files().toList()) {
            if (!isWhole(file)) {
                return false;
            }
        }
        return true;
    }

    /** Where a materialised Set lies. */
    public SetFolder folder(InstalledSet set) {
        return new SetFolder(set, sets.resolve(set.folderName()));
    }

    /**
     * Removes every Set's folder that is not of these, then every blob and download that is of none of them, and each
     * download that nothing was added to for two weeks. Killed in between, it leaves files too many and never one too
     * few; the next call takes them.
     */
    public void keepOnly(Collection<InstalledSet> kept) throws IOException {
        keep(kept, _ -> false);
    }

    /** The same, but for the downloads of other Sets: one that made way for an order goes on where it was. */
    public void keepOnlyAndDownloads(Collection<InstalledSet> kept) throws IOException {
        keep(kept, name -> name.endsWith(PART));
    }

    private void keep(Collection<InstalledSet> kept, Predicate<String> too) throws IOException {
        Set<String> folders = new HashSet<>();
        Set<String> files = new HashSet<>();
        for (InstalledSet set : kept) {
            folders.add(set.folderName());
            set.files().forEach(each -> {
                files.add(each.sha256());
                files.add(each.sha256() + PART);
            });
        }
        removeOthers(sets, name -> folders.contains(name));
        removeOthers(blobs, name -> (files.contains(name) || too.test(name)) && !isOld(name));
    }

    private boolean isOld(String name) {
        if (!name.endsWith(PART)) {
            return false;
        }
        try {
            Instant last = Files.getLastModifiedTime(blobs.resolve(name)).toInstant();
            return last.plus(PARTS_LAST).isBefore(clock.instant());
        } catch (IOException _) {
            return false;
        }
    }

    /** Whether the blob is there with the right bytes; one that rotted on the disk is removed. */
    private boolean isWhole(ReleaseFile file) throws IOException {
        Path blob = blob(file);
        if (!Files.exists(blob)) {
            return false;
        }
        if (Files.size(blob) == file.length() && Hashes.sha256(blob).equals(file.sha256())) {
            return true;
        }
        AtomicFiles.remove(blob);
        return false;
    }

    private void link(Release release, Path folder) throws IOException {
        AtomicFiles.createFolders(folder);
        for (ReleaseFile file : release.files()) {
            Files.createLink(folder.resolve(file.name()), blob(file));
        }
        AtomicFiles.forceFolder(folder);
    }

    private Path blob(ReleaseFile file) {
        return blobs.resolve(file.sha256());
    }

    private Path part(ReleaseFile file) {
        return blobs.resolve(file.sha256() + PART);
    }

    private void removeOthers(Path folder, Predicate<String> kept) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (!kept.test(entry.getFileName().toString())) {
                    discard(entry);
                }
            }
        }
        AtomicFiles.forceFolder(folder);
    }

    /** A tree loses its name before its files: killed in between, {@link #open} takes the rest. */
    private static void discard(Path entry) throws IOException {
        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
            Path aside = AtomicFiles.temporaryFor(entry);
            AtomicFiles.move(entry, aside);
            AtomicFiles.removeTree(aside);
        } else {
            Files.deleteIfExists(entry);
        }
    }
}
