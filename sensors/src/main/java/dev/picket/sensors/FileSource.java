package dev.picket.sensors;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a file: each line is a reading, blank ones included.
 *
 * <pre>
 * no file open --take up--> reading --at its end--> waiting --it grew--> reading
 *      ^                                              |
 *      +---- finished: its name has another file -----+
 *      +---- truncated or written anew ---------------+
 *
 * take up:  the file that holds the position (by key, else by content: a copy of a truncated one), from there on;
 *           else the oldest rotated file after it, else the file itself, from the beginning, as the next generation
 * </pre>
 *
 * Rotation by rename and by copy-and-truncate is survived, also several times while nobody reads; a file that was
 * rotated away and deleted or compressed before it was read is lost, and counted. A line without its end waits for it, and is
 * taken as it is once its file is finished. Ids and positions: see {@link FilePosition}; reading again from any position
 * gives the same ids. Without a position the file is read from its beginning, and files rotated earlier are left alone.
 */
public final class FileSource implements Source {
    private static final Logger LOG = LoggerFactory.getLogger(FileSource.class);
    private static final int SIGHTINGS = 64;

    private final String name;
    private final Path path;
    private final FileLimits limits;
    private final Clock clock;
    private final RotatedFiles rotated;
    private final Written written = new Written(SIGHTINGS);

    /** Where the last reading ended, in which file; null before the first one. */
    private @Nullable FilePosition last;
    /** Whether that file is done with. */
    private boolean lastFinished;
    /** Whether the open file is the one of {@link #last}; else its first line begins a generation. */
    private boolean begun;

    private @Nullable OpenFile open;
    /** How many looks in a row saw the open file rotated and not growing. */
    private int settled;

    /** When the open file's size was looked at last, by the clock. */
    private long lookedMillis;

    private volatile String trouble = "";
    private volatile SourceCounts counts = new SourceCounts(0, 0, 0);

    /**
     * @param name the configured name, 1 to 64 bytes
     * @param path the file; need not be there yet
     * @param position what the last reading with an outcome came with, empty at the first start
     * @throws IllegalArgumentException when the position is none of a file
     */
    public FileSource(String name, Path path, Optional<String> position, FileLimits limits, Clock clock) {
        this.name = name;
        this.path = path;
        this.limits = limits;
        this.clock = clock;
        this.rotated = new RotatedFiles(path, limits.maxRotatedFiles());
        this.last = position.map(FilePosition::parse).orElse(null);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String trouble() {
        return trouble;
    }

    /**
     * {@inheritDoc} A file does not say when a line was written: told is when the file was last changed as the line was
     * first seen in it, so the line may be older. Files rotated behind the one that is being read do not count.
     */
    @Override
    public Optional<Instant> waitingSince() {
        look();
        return written.oldest();
    }

    private void look() {
        try {
            FileState now = FileState.ofOrNull(path);
            if (now != null) {
                written.see(now);
            }
        } catch (IOException e) {
            LOG.debug("The age of what waits in {} cannot be seen", path, e);
        }
    }

    @Override
    public SourceCounts counts() {
        return counts;
    }

    @Override
    public void run(Sink sink) throws InterruptedException {
        try {
            while (true) {
                if (!step(sink)) {
                    Thread.sleep(limits.poll());
                }
            }
        } finally {
            closeQuietly();
        }
    }

    /** Reads what is there; answers whether there is reason to look again at once. */
    private boolean step(Sink sink) throws InterruptedException {
        try {
            OpenFile file = open == null ? takeUp() : open;
            open = file;
            if (file == null) {
                return false;
            }
            boolean grown = false;
            for (Lines.Line line = file.next(); line != null; line = file.next()) {
                // At once: what keeps up with a backlog may not come to its end for long.
                trouble = "";
                emit(file, line, sink);
                grown = true;
            }
            trouble = "";
            if (grown) {
                settled = 0;
            }
            written.pass(file.readTo());
            return atEnd(file, sink);
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            tell(e);
            closeQuietly();
            return false;
        }
    }

    private boolean atEnd(OpenFile file, Sink sink) throws IOException, InterruptedException {
        if (file.rewritten()) {
            // What was not taken of it may stand in a copy: take up looks for that, and counts a loss if not.
            if (begun && last != null) {
                lastFinished = file.drained() && findHolder(last) == null;
            }
            closeQuietly();
            return true;
        }
        FileState now = FileState.ofOrNull(path);
        if (now != null && now.key().equals(file.key())) {
            file.seen(now);
            return false;
        }
        if (next(file.key()) == null) {
            return false;
        }
        settled++;
        if (settled < limits.settlePolls()) {
            return false;
        }
        Lines.Line rest = file.rest();
        if (rest != null) {
            emit(file, rest, sink);
        }
        lastFinished = true;
        closeQuietly();
        return true;
    }

    private void emit(OpenFile file, Lines.Line line, Sink sink) throws InterruptedException {
        long now = clock.millis();
        if (Math.abs(now - lookedMillis) >= limits.poll().toMillis()) {
            lookedMillis = now;
            look();
        }
        written.pass(file.offset());
        long earlier = last == null ? 0 : last.generation();
        long generation = begun ? earlier : earlier + 1;
        String id = generation + ":" + file.offset();
        FilePosition after = file.pass(line, generation);
        count(line.malformed() ? 1 : 0, line.cut() ? 1 : 0, 0);
        last = after;
        lastFinished = false;
        begun = true;
        sink.accept(new Reading(name, id, clock.instant(), line.text(), line.cut(), Map.of()), after.toString());
        written.pass(file.offset());
    }

    /** The file to go on with; null when the folder changed meanwhile. */
    private @Nullable OpenFile takeUp() throws IOException {
        settled = 0;
        if (last != null && !lastFinished) {
            FileState holder = findHolder(last);
            OpenFile held = holder == null ? null : OpenFile.open(holder, limits.maxLineBytes());
            if (holder != null && held != null) {
                last = last.in(holder);
                begun = true;
                held.moveTo(last);
                written.begin(holder, last.offset());
                return held;
            }
            if (holder != null) {
                return null;
            }
            lost(last);
            lastFinished = true;
        }
        begun = false;
        FileState next = next("");
        FileState file = next == null ? FileState.of(path) : next;
        if (!file.regular()) {
            throw new IOException("it is no regular file");
        }
        written.begin(file, 0);
        return OpenFile.open(file, limits.maxLineBytes());
    }

    /** The file that holds what was read up to the position: the same file wherever it is now, else a copy beside it. */
    private @Nullable FileState findHolder(FilePosition position) throws IOException {
        FileState current = FileState.ofOrNull(path);
        List<FileState> candidates = new ArrayList<>(rotated.oldestFirst());
        if (current != null && current.key().equals(position.key())) {
            candidates.add(current);
        }
        candidates.sort(Comparator.comparingInt(candidate -> rank(candidate, position)));
        for (FileState candidate : candidates) {
            if (candidate.size() >= position.offset() && holds(candidate, position)) {
                return candidate;
            }
        }
        return null;
    }

    /**
     * The same file comes before a copy of it, but for one case: files may begin with the same line, and where no more
     * than that was read and the file has its name still, a copy made since then tells that it was truncated and begun
     * again.
     */
    private int rank(FileState candidate, FilePosition position) {
        if (candidate.key().equals(position.key())) {
            return candidate.path().equals(path) ? 2 : 0;
        }
        boolean onlyFirstLine = position.offset() <= position.headBytes();
        return onlyFirstLine && candidate.modifiedMillis() >= position.modifiedMillis() ? 1 : 3;
    }

    private boolean holds(FileState candidate, FilePosition position) throws IOException {
        try (OpenFile file = OpenFile.open(candidate, 1)) {
            return file != null && file.holds(position);
        }
    }

    /** The file after the last one: the oldest rotated one that is younger, else the followed one; null for none. */
    private @Nullable FileState next(String exceptKey) throws IOException {
        FilePosition before = last;
        if (before != null) {
            List<FileState> files = rotated.oldestFirst();
            List<String> keys = files.stream().map(FileState::key).toList();
            int known = keys.indexOf(before.key());
            for (int i = known + 1; i < files.size(); i++) {
                FileState file = files.get(i);
                boolean younger = known >= 0 || file.modifiedMillis() > before.modifiedMillis();
                if (younger && file.size() > 0 && !file.key().equals(exceptKey)) {
                    return file;
                }
            }
        }
        FileState current = FileState.ofOrNull(path);
        return current == null || current.key().equals(exceptKey) ? null : current;
    }

    private void lost(FilePosition position) {
        count(0, 0, 1);
        LOG.warn(
                "What source '{}' had not read behind byte {} of an earlier {} is lost: the file is neither there nor"
                        + " beside it uncompressed",
                name,
                position.offset(),
                path);
    }

    private void count(int malformed, int cut, int lost) {
        SourceCounts now = counts;
        counts = new SourceCounts(now.malformed() + malformed, now.cut() + cut, now.lost() + lost);
    }

    private void tell(IOException e) {
        String what = switch (e) {
            case NoSuchFileException _ -> "is not there yet";
            case AccessDeniedException _ -> "may not be read by the agent's user: give it read permission";
            default -> "cannot be read (" + e.getMessage() + ")";
        };
        trouble = "The file " + path + " of source '" + name + "' " + what + "; it is looked at again every "
                + limits.poll().toMillis() + " ms.";
    }

    private void closeQuietly() {
        OpenFile file = open;
        open = null;
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                LOG.debug("Closing {} failed", path, e);
            }
        }
    }
}
