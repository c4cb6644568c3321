package dev.picket.agent.update;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * What only a process itself can set for itself, before it loads anything that is not trusted: the most that it may write
 * to (RLIMIT_DATA, getrlimit(2)), and that it dies first where memory runs out (oom_score_adj, proc(5)). Both are of the
 * kernel, and neither can be taken back without privileges.
 */
final class ExamBounds {
    private static final int RLIMIT_DATA = 2;
    private static final int WRITE_ONLY = 1;
    private static final byte[] DIES_FIRST = "1000".getBytes(StandardCharsets.US_ASCII);

    private ExamBounds() {}

    /** False where one of them could not be set. */
    @SuppressWarnings("restricted") // The exam's process is started with native access.
    static boolean set(long dataBytes) {
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limit = arena.allocate(ValueLayout.JAVA_LONG, 2);
            limit.setAtIndex(ValueLayout.JAVA_LONG, 0, dataBytes);
            limit.setAtIndex(ValueLayout.JAVA_LONG, 1, dataBytes);
            MethodHandle setLimit = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("setrlimit"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
            return diesFirst(linker, arena) && (int) setLimit.invokeExact(RLIMIT_DATA, limit) == 0;
        } catch (Throwable e) {
            System.err.println("The exam's bounds cannot be set: " + e);
            return false;
        }
    }

    @SuppressWarnings("restricted") // As above.
    private static boolean diesFirst(Linker linker, Arena arena) throws Throwable {
        MethodHandle open = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("open"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                Linker.Option.firstVariadicArg(2));
        MethodHandle write = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("write"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
        int file = (int) open.invokeExact(arena.allocateFrom("/proc/self/oom_score_adj"), WRITE_ONLY);
        MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, DIES_FIRST);
        // Left open: the process has few files, and ends soon.
        return file >= 0 && (long) write.invokeExact(file, bytes, (long) DIES_FIRST.length) == DIES_FIRST.length;
    }
}
