package dev.picket.agent.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a process did to the files of one folder, as {@code disktrace.c} noted it, and what a disk may hold of it after
 * a cut of power.
 *
 * <pre>
 * content of a file   all that was written before its last sync; of what came later any subset, torn at sectors
 * entries of a folder all that was done before the folder's last sync; of what came later any subset
 * </pre>
 *
 * That is what POSIX allows; file systems that keep order between them allow less. A sector itself is whole or absent,
 * and what a file was lengthened by without being written reads as zeros.
 */
public final class DiskTrace {
    private static final int SECTOR = 512;
    private static final int HEAD_BYTES = 25;

    /** What can be noted; the order is that of the numbers in the file, from 1. */
    public enum Kind {
        CREATE,
        WRITE,
        TRUNCATE,
        SYNC,
        SYNC_FOLDER,
        RENAME,
        UNLINK
    }

    @SuppressWarnings("ArrayRecordComponent") // bytes of the disk, compared by nobody
    private record Operation(Kind kind, long inode, long offset, String name, byte[] data) {}

    private record Entry(
            @Nullable String gone,
            @Nullable String made,
            @Nullable TracedFile file) {}

    private final List<Operation> operations;

    private DiskTrace(List<Operation> operations) {
        this.operations = operations;
    }

    public static DiskTrace read(Path log) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(log)).order(ByteOrder.LITTLE_ENDIAN);
        List<Operation> operations = new ArrayList<>();
        while (in.remaining() >= HEAD_BYTES) {
            Kind kind = Kind.values()[in.get() - 1];
            long inode = in.getLong();
            long offset = in.getLong();
            byte[] name = new byte[in.getInt()];
            byte[] data = new byte[in.getInt()];
            in.get(name).get(data);
            operations.add(new Operation(kind, inode, offset, new String(name, StandardCharsets.UTF_8), data));
        }
        return new DiskTrace(operations);
    }

    /** The same as if the process had left that out. */
    public DiskTrace without(Kind kind) {
        return new DiskTrace(operations.stream()
                .filter(operation -> operation.kind() != kind)
                .toList());
    }

    /** How many moments there are at which power may be cut: before the first operation, and after each. */
    public int cuts() {
        return operations.size() + 1;
    }

    public long count(Kind kind) {
        return operations.stream().filter(operation -> operation.kind() == kind).count();
    }

    /** The moments before and after all that changes the folder, cuts a file short, or writes a file of these anew. */
    public List<Integer> steps(Predicate<String> watched) {
        Map<Long, String> names = new HashMap<>();
        List<Integer> steps = new ArrayList<>();
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            boolean step = switch (operation.kind()) {
                case CREATE -> {
                    names.put(operation.inode(), operation.name());
                    yield true;
                }
                case TRUNCATE, RENAME, UNLINK, SYNC_FOLDER -> true;
                case WRITE, SYNC -> watched.test(names.getOrDefault(operation.inode(), ""));
            };
            if (step) {
                steps.add(i);
                steps.add(i + 1);
            }
        }
        return steps.stream().distinct().toList();
    }

    /** All that was written to a file before the cut, whether it was synced or not: what somebody else has seen. */
    public byte[] written(String name, int cut) {
        TracedFile file = replay(cut).names.get(name);
        return file == null ? new byte[0] : file.all();
    }

    /** Lays out in an empty folder what a disk may hold after a cut, as chance decides; leaves one file out. */
    public void restore(int cut, Random chance, Path folder, String except) throws IOException {
        Folder traced = replay(cut);
        for (Map.Entry<String, TracedFile> entry : traced.surviving(chance).entrySet()) {
            if (!entry.getKey().equals(except)) {
                Files.write(folder.resolve(entry.getKey()), entry.getValue().surviving(Fate.of(chance), chance));
            }
        }
    }

    private Folder replay(int cut) {
        Folder folder = new Folder();
        operations.subList(0, cut).forEach(folder::apply);
        return folder;
    }

    /** What becomes of what was not synced. */
    private enum Fate {
        LOST,
        KEPT,
        THE_FIRST,
        THE_LAST,
        SOME;

        static Fate of(Random chance) {
            return values()[chance.nextInt(values().length)];
        }
    }

    private static final class Folder {
        final Map<String, TracedFile> names = new HashMap<>();
        private final Map<Long, TracedFile> inodes = new HashMap<>();
        private final Map<String, TracedFile> synced = new HashMap<>();
        private final List<Entry> pending = new ArrayList<>();

        void apply(Operation operation) {
            switch (operation.kind()) {
                case CREATE -> {
                    TracedFile made = new TracedFile();
                    inodes.put(operation.inode(), made);
                    change(new Entry(null, operation.name(), made));
                }
                case WRITE, TRUNCATE -> file(operation).pending.add(operation);
                case SYNC -> file(operation).sync();
                case SYNC_FOLDER -> {
                    pending.forEach(entry -> change(synced, entry));
                    pending.clear();
                }
                case RENAME ->
                    change(new Entry(
                            operation.name(),
                            new String(operation.data(), StandardCharsets.UTF_8),
                            names.get(operation.name())));
                case UNLINK -> change(new Entry(operation.name(), null, null));
            }
        }

        Map<String, TracedFile> surviving(Random chance) {
            Map<String, TracedFile> found = new HashMap<>(synced);
            Fate fate = Fate.of(chance);
            int mark = chance.nextInt(pending.size() + 1);
            for (int i = 0; i < pending.size(); i++) {
                if (survives(fate, i, mark, chance)) {
                    change(found, pending.get(i));
                }
            }
            return found;
        }

        private void change(Entry entry) {
            change(names, entry);
            pending.add(entry);
        }

        private static void change(Map<String, TracedFile> names, Entry entry) {
            if (entry.gone() != null) {
                names.remove(entry.gone());
            }
            if (entry.made() != null && entry.file() != null) {
                names.put(entry.made(), entry.file());
            }
        }

        private TracedFile file(Operation operation) {
            TracedFile file = inodes.get(operation.inode());
            if (file == null) {
                throw new IllegalStateException("The trace begins with a folder that was not empty.");
            }
            return file;
        }
    }

    private static boolean survives(Fate fate, int index, int mark, Random chance) {
        return switch (fate) {
            case LOST -> false;
            case KEPT -> true;
            case THE_FIRST -> index < mark;
            case THE_LAST -> index >= mark;
            case SOME -> chance.nextBoolean();
        };
    }

    private static final class TracedFile {
        final List<Operation> pending = new ArrayList<>();
        private final Content synced = new Content();

        void sync() {
            pending.forEach(synced::apply);
            pending.clear();
        }

        byte[] all() {
            Content content = new Content(synced);
            pending.forEach(content::apply);
            return content.bytes();
        }

        byte[] surviving(Fate fate, Random chance) {
            Content content = new Content(synced);
            int mark = chance.nextInt(pending.size() + 1);
            for (int i = 0; i < pending.size(); i++) {
                Operation operation = pending.get(i);
                boolean torn = fate == Fate.SOME || (i == mark && fate != Fate.KEPT && fate != Fate.LOST);
                if (operation.kind() == Kind.WRITE && torn) {
                    tear(content, operation, chance);
                } else if (survives(fate, i, mark, chance)) {
                    content.apply(operation);
                }
            }
            return content.bytes();
        }

        /** Each sector of it, or not. */
        private static void tear(Content content, Operation write, Random chance) {
            int at = 0;
            while (at < write.data().length) {
                int toBoundary = SECTOR - (int) ((write.offset() + at) % SECTOR);
                int bytes = Math.min(toBoundary, write.data().length - at);
                if (chance.nextBoolean()) {
                    content.write(write.offset() + at, write.data(), at, bytes);
                }
                at += bytes;
            }
        }
    }

    private static final class Content {
        private byte[] bytes = new byte[0];
        private int size;

        Content() {}

        Content(Content other) {
            bytes = other.bytes();
            size = bytes.length;
        }

        void apply(Operation operation) {
            if (operation.kind() == Kind.WRITE) {
                write(operation.offset(), operation.data(), 0, operation.data().length);
            } else {
                truncate(Math.toIntExact(operation.offset()));
            }
        }

        void write(long offset, byte[] data, int from, int length) {
            int at = Math.toIntExact(offset);
            if (at + length > size) {
                truncate(at + length);
            }
            System.arraycopy(data, from, bytes, at, length);
        }

        private void truncate(int to) {
            if (to > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(to, 2 * bytes.length));
            }
            if (to < size) {
                Arrays.fill(bytes, to, size, (byte) 0);
            }
            size = to;
        }

        byte[] bytes() {
            return Arrays.copyOf(bytes, size);
        }
    }
}
