package dev.picket.ota.store;

import dev.picket.ota.AtomicFiles;
import dev.picket.ota.Hashes;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.ReleaseFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongConsumer;

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

    private final Path blobs;
    private final Path sets;
    private final Fetcher fetcher;
    private final Retry retry;
    private final long spareBytes;

    /**
     * Makes a store; nothing is touched before {@link #open}.
     *
     * @param spareBytes left free on the disk, whatever is fetched
     */
    public FileStore(Path folder, Fetcher fetcher, Retry retry, long spareBytes) {
        this.blobs = folder.resolve("blobs");
        this.sets = folder.resolve("sets");
        this.fetcher = fetcher;
        this.retry = retry;
        this.spareBytes = spareBytes;
    }

    /** Makes the folders, and removes what a crash left half-made. Downloads are kept. */
    public void open() throws IOException {
        AtomicFiles.createFolders(blobs);
        AtomicFiles.createFolders(sets);
        AtomicFiles.removeStale(blobs);
        AtomicFiles.removeStale(sets);
    }

    /**
     * Makes all files of a Set be there, verified; fetches only what is not.
     *
     * @param progress told the bytes that are there, after each file
     * @throws RejectedException TAMPERED, TOO_LARGE or MISSING; the file in question is gone afterwards
     * @throws UnavailableException when the repository cannot be reached or the disk is full; what came is kept
     */
    public void fetch(InstalledSet set, LongConsumer progress)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        checkSpace(set);
        Set<String> done = new HashSet<>();
        long bytes = 0;
        for (ReleaseFile file : set.files().toList()) {
            if (done.add(file.sha256()) && !isWhole(file)) {
                retry.call(() -> {
                    download(file);
                    return file;
                });
            }
            bytes += file.length();
            progress.accept(bytes);
        }
    }

    /** Lays a fetched Set out as folders of links, in one step. */
    public SetFolder materialise(InstalledSet set) throws IOException {
        Path target = sets.resolve(set.folderName());
        AtomicFiles.removeTree(target);
        Path making = AtomicFiles.temporaryFor(target);
        link(set.base(), making.resolve("base"));
        for (Release task : set.tasks()) {
            link(task, making.resolve("tasks").resolve(task.name()));
        }
        AtomicFiles.move(making, target);
        return new SetFolder(set, target);
    }

    /** Whether every file of a materialised Set is there with its bytes; reads them all. */
    public boolean isWhole(InstalledSet set) throws IOException {
        if (!Files.isDirectory(folder(set).folder())) {
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

    /** Removes every Set's folder that is not of these, then every blob and download that is of none of them. */
    public void keepOnly(Collection<InstalledSet> kept) throws IOException {
        Set<String> folders = new HashSet<>();
        Set<String> files = new HashSet<>();
        for (InstalledSet set : kept) {
            folders.add(set.folderName());
            set.files().forEach(each -> {
                files.add(each.sha256());
                files.add(each.sha256() + PART);
            });
        }
        removeOthers(sets, folders);
        removeOthers(blobs, files);
    }

    private void checkSpace(InstalledSet set) throws UnavailableException, IOException {
        long missing = set.files()
                .filter(each -> !Files.exists(blob(each)))
                .mapToLong(ReleaseFile::length)
                .sum();
        long usable = Files.getFileStore(blobs).getUsableSpace();
        if (missing > 0 && usable - missing < spareBytes) {
            throw new UnavailableException("Set " + set.label() + " needs " + missing + " bytes more, and of " + usable
                    + " free ones " + spareBytes + " are kept.");
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

    private void download(ReleaseFile file)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        Path part = blobs.resolve(file.sha256() + PART);
        long have = Files.exists(part) ? Files.size(part) : 0;
        if (have > file.length()) {
            AtomicFiles.remove(part);
            have = 0;
        }
        if (have < file.length() || !Files.exists(part)) {
            append(file, part, have);
        }
        long length = Files.size(part);
        if (length < file.length()) {
            throw new UnavailableException(
                    "Of " + file.name() + " came " + length + " of " + file.length() + " bytes.");
        }
        String found = Hashes.sha256(part);
        if (!found.equals(file.sha256())) {
            AtomicFiles.remove(part);
            throw new RejectedException(
                    Reason.TAMPERED,
                    file.name() + " has the SHA-256 " + found + " where " + file.sha256() + " is signed.");
        }
        AtomicFiles.publish(part, blob(file));
    }

    private void append(ReleaseFile file, Path part, long have)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        try (PartBody body = new PartBody(part)) {
            fetcher.fetch("blobs/" + file.sha256(), have, file.length(), body);
        } catch (RejectedException e) {
            AtomicFiles.remove(part);
            throw e;
        }
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

    private static void removeOthers(Path folder, Set<String> kept) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (!kept.contains(entry.getFileName().toString())) {
                    AtomicFiles.removeTree(entry);
                }
            }
        }
        AtomicFiles.forceFolder(folder);
    }
}
