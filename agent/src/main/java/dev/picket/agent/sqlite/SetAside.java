package dev.picket.agent.sqlite;

import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a damaged file makes way for a new one, whenever the process is killed or the power is cut.
 *
 * <pre>
 * 1  file          -> file.salvaging       from here on the salvage goes on at each start until it is done
 *    file-wal      -> file.salvaging-wal   after the file: one without its -wal would be opened as if it were whole
 * 2  file.new      is built of what can be read of file.salvaging; one that is found is thrown away and built again
 * 3  file.new      -> file                 in one step, forced before and after
 * 4  file.salvaging(-wal) -> file.damaged-INSTANT(-wal)   the file last: while it is there, this is not done
 *
 * found at a start                           what is done
 * file.salvaging, no file                    1 is ended (a file-wal belongs to it), then 2
 * file.salvaging and file                    4: the new file is in its place
 * file alone                                 nothing
 * neither                                    a new one, made as file.new and named as in 3
 * </pre>
 *
 * Nothing that was set aside is ever deleted; {@link #kept} says what lies there. Rows that were read into file.new are
 * seen by nobody before 3, so a salvage that is begun anew neither loses nor doubles one.
 */
public final class SetAside {
    private static final String SALVAGING = ".salvaging";
    private static final String NEW = ".new";
    private static final String DAMAGED = ".damaged-";
    private static final List<String> COMPANIONS = List.of("-wal", "-shm");
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** Makes the new file of what can be read of the damaged one. */
    @FunctionalInterface
    public interface Build {
        void build(Path damaged, Path fresh) throws IOException, SQLException, NewerSchemaException;
    }

    /** What is written into a new file before it gets its name. */
    @FunctionalInterface
    public interface First {
        void write(Database fresh) throws SQLException;
    }

    private SetAside() {}

    /**
     * Makes the file where none is, whole before it gets its name: one that is empty or half made was hurt later. A -wal that
     * lost its file is kept as a damaged one is.
     */
    public static void create(Path file, Schema schema, Instant now)
            throws IOException, SQLException, NewerSchemaException {
        create(file, schema, now, _ -> {});
    }

    /** The same, with what the file has to say from its first moment on. */
    public static void create(Path file, Schema schema, Instant now, First first)
            throws IOException, SQLException, NewerSchemaException {
        if (Files.exists(file)) {
            return;
        }
        moveIfThere(with(file, "-wal"), with(free(file, now), "-wal"));
        AtomicFiles.remove(with(file, "-shm"));
        Path fresh = with(file, NEW);
        discard(fresh);
        try (Database database = Database.open(fresh, schema, Long.MAX_VALUE)) {
            first.write(database);
        }
        AtomicFiles.publish(fresh, file);
    }

    /** Takes a damaged file, which nobody may have open, out of use; {@link #resume} goes on from there. */
    public static void begin(Path file) throws IOException {
        if (Files.exists(salvaging(file))) {
            throw new IOException(salvaging(file) + " is not salvaged yet");
        }
        AtomicFiles.move(file, salvaging(file));
        moveIfThere(with(file, "-wal"), with(salvaging(file), "-wal"));
        // The index of the -wal is made anew by whoever opens it.
        AtomicFiles.remove(with(file, "-shm"));
    }

    /** Ends what was begun, now or before a crash; answers whether anything was. */
    public static boolean resume(Path file, Instant now, Build build)
            throws IOException, SQLException, NewerSchemaException {
        Path salvaging = salvaging(file);
        if (!Files.exists(salvaging)) {
            return false;
        }
        if (!Files.exists(file)) {
            moveIfThere(with(file, "-wal"), with(salvaging, "-wal"));
            AtomicFiles.remove(with(file, "-shm"));
            Path fresh = with(file, NEW);
            discard(fresh);
            try {
                build.build(salvaging, fresh);
                if (Files.exists(with(fresh, "-wal"))) {
                    throw new IOException("the new file " + fresh + " is not closed");
                }
            } catch (IOException | SQLException | NewerSchemaException | RuntimeException e) {
                discard(fresh);
                throw e;
            }
            AtomicFiles.publish(fresh, file);
        }
        finish(file, now);
        return true;
    }

    /**
     * Puts a file back that was deleted while it was open, from what is open of it, and closes it. Cut short behind the
     * first step it is salvaged at the next start; before, it is gone, as whoever deleted it wanted.
     */
    public static void putBack(Path file, Database open) throws IOException, SQLException {
        Path fresh = with(file, NEW);
        discard(fresh);
        open.copyInto(fresh);
        AtomicFiles.publish(fresh, salvaging(file));
        open.close();
        // A -wal that stayed behind would be played into the new file.
        for (String companion : COMPANIONS) {
            AtomicFiles.remove(with(file, companion));
        }
        AtomicFiles.move(salvaging(file), file);
    }

    /** The damaged files that lie beside it, oldest first. */
    public static List<Path> kept(Path file) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(file.toAbsolutePath().getParent(), file.getFileName() + DAMAGED + "*")) {
            entries.forEach(found::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found.stream()
                .filter(path -> COMPANIONS.stream().noneMatch(path.toString()::endsWith))
                .sorted()
                .toList();
    }

    /** What a person should know of those, in a sentence; empty where none lie there. */
    public static Optional<String> told(Path file) throws IOException {
        List<Path> kept = kept(file);
        if (kept.isEmpty()) {
            return Optional.empty();
        }
        long bytes = 0;
        for (Path each : kept) {
            bytes += bytes(each);
        }
        return Optional.of("Damaged files lie beside " + file + ", " + kept.size() + " with " + bytes + " bytes, "
                + kept.getLast().getFileName() + " last: copy what is wanted of them, then delete them.");
    }

    /** How much a file takes up with what belongs to it. */
    public static long bytes(Path file) throws IOException {
        Path wal = with(file, "-wal");
        return Files.size(file) + (Files.exists(wal) ? Files.size(wal) : 0);
    }

    private static void finish(Path file, Instant now) throws IOException {
        Path damaged = free(file, now);
        for (String companion : COMPANIONS) {
            moveIfThere(with(salvaging(file), companion), with(damaged, companion));
        }
        AtomicFiles.move(salvaging(file), damaged);
    }

    /** Several in a second are told apart by a number; companions that a crash left without their file keep theirs. */
    private static Path free(Path file, Instant now) {
        Path named = with(file, DAMAGED + NAME.format(now));
        Path free = named;
        for (int n = 2; Files.exists(free) || Files.exists(with(free, "-wal")); n++) {
            free = with(named, "." + n);
        }
        return free;
    }

    private static void discard(Path fresh) throws IOException {
        AtomicFiles.remove(fresh);
        for (String companion : List.of("-wal", "-shm", "-journal")) {
            AtomicFiles.remove(with(fresh, companion));
        }
    }

    private static void moveIfThere(Path from, Path to) throws IOException {
        if (Files.exists(from)) {
            AtomicFiles.move(from, to);
        }
    }

    private static Path salvaging(Path file) {
        return with(file, SALVAGING);
    }

    private static Path with(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }
}
