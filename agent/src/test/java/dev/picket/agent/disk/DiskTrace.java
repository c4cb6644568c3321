package dev.picket.agent.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;

/**
 * What a process did to the files of one folder and those in it, as {@code disktrace.c} noted it, and what a disk may hold of it after
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
    private static final int HEAD_BYTES = 25;

    /** What can be noted; the order is that of the numbers in the file, from 1. */
    public enum Kind {
        CREATE,
        WRITE,
        TRUNCATE,
        SYNC,
        SYNC_FOLDER,
        RENAME,
        UNLINK,
        MKDIR,
        LINK,
        RMDIR
    }

    @SuppressWarnings("ArrayRecordComponent") // bytes of the disk, compared by nobody
    record Operation(Kind kind, long inode, long offset, String name, byte[] data) {}

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
                case TRUNCATE, RENAME, UNLINK, MKDIR, LINK, RMDIR, SYNC_FOLDER -> true;
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
        TracedFolder folder = replay(cut);
        return folder.has(name) && folder.node(name) instanceof TracedFile file ? file.all() : new byte[0];
    }

    /** Lays out in an empty folder what a disk may hold after a cut, as chance decides; leaves one file out. */
    public void restore(int cut, Random chance, Path folder, String except) throws IOException {
        replay(cut).restore(folder, Loss.by(chance), except, new IdentityHashMap<>());
    }

    /** Lays out in an empty folder what is there when the process is killed at a moment; leaves one file out. */
    public void restoreKilled(int cut, Path folder, String except) throws IOException {
        replay(cut).restore(folder, Loss.none(), except, new IdentityHashMap<>());
    }

    /** What was done last before the moment, such as {@code RENAME sets/.factory-1 -> sets/factory-1}. */
    public String name(int cut) {
        if (cut == 0) {
            return "nothing yet";
        }
        Operation last = operations.get(cut - 1);
        return switch (last.kind()) {
            case CREATE, UNLINK, RMDIR, MKDIR, SYNC_FOLDER -> last.kind() + " " + last.name();
            case RENAME, LINK ->
                last.kind() + " " + last.name() + " " + new String(last.data(), StandardCharsets.UTF_8);
            case WRITE, TRUNCATE, SYNC -> last.kind() + " " + nameOf(last.inode(), cut);
        };
    }

    private String nameOf(long inode, int cut) {
        String name = "";
        for (Operation operation : operations.subList(0, cut)) {
            if (operation.kind() == Kind.CREATE && operation.inode() == inode) {
                name = operation.name();
            }
        }
        return name;
    }

    private TracedFolder replay(int cut) {
        TracedFolder folder = new TracedFolder();
        Map<Long, TracedFile> inodes = new HashMap<>();
        for (Operation operation : operations.subList(0, cut)) {
            apply(operation, folder, inodes);
        }
        return folder;
    }

    private static void apply(Operation operation, TracedFolder folder, Map<Long, TracedFile> inodes) {
        String name = operation.name();
        switch (operation.kind()) {
            case CREATE -> {
                TracedFile made = new TracedFile();
                inodes.put(operation.inode(), made);
                folder.make(name, made);
            }
            case WRITE, TRUNCATE -> file(operation, inodes).change(operation);
            case SYNC -> file(operation, inodes).sync();
            case SYNC_FOLDER -> {
                if (folder.node(name) instanceof TracedFolder synced) {
                    synced.sync();
                }
            }
            case RENAME -> folder.rename(name, new String(operation.data(), StandardCharsets.UTF_8));
            case UNLINK, RMDIR -> folder.remove(name);
            case MKDIR -> folder.make(name, new TracedFolder());
            case LINK -> folder.make(name, folder.node(new String(operation.data(), StandardCharsets.UTF_8)));
        }
    }

    private static TracedFile file(Operation operation, Map<Long, TracedFile> inodes) {
        TracedFile file = inodes.get(operation.inode());
        if (file == null) {
            throw new IllegalStateException("The trace begins with a folder that was not empty.");
        }
        return file;
    }
}
