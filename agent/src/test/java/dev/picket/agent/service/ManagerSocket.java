package dev.picket.agent.service;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A unix datagram socket that is bound, as systemd binds the one that it gives to a service. */
public final class ManagerSocket implements AutoCloseable {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final short POLLIN = 1;
    private static final int MAX_MESSAGE = 4096;

    private final int socket;

    /** @param name a path, or an abstract address with {@code @} first */
    public ManagerSocket(String name) {
        byte[] path = name.getBytes(StandardCharsets.UTF_8);
        int end = path[0] == '@' ? 0 : 1;
        path[0] = path[0] == '@' ? 0 : path[0];
        socket = (int) call("socket", ints(3), AF_UNIX, SOCK_DGRAM, 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(2 + path.length + 1L, 2);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, 2, path.length);
            FunctionDescriptor bind = FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
            if ((int) call("bind", bind, socket, address, 2 + path.length + end) != 0) {
                throw new IllegalStateException("cannot bind " + name);
            }
        }
    }

    /** The next message; empty where none comes in that time. */
    public Optional<String> next(int withinMillis) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment poll = arena.allocate(Integer.BYTES + 2L * Short.BYTES, Integer.BYTES);
            poll.set(ValueLayout.JAVA_INT, 0, socket);
            poll.set(ValueLayout.JAVA_SHORT, Integer.BYTES, POLLIN);
            FunctionDescriptor wait = FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);
            if ((int) call("poll", wait, poll, 1L, withinMillis) <= 0) {
                return Optional.empty();
            }
            MemorySegment into = arena.allocate(MAX_MESSAGE);
            FunctionDescriptor receive = FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT);
            long length = (long) call("recv", receive, socket, into, (long) MAX_MESSAGE, 0);
            return Optional.of(new String(
                    into.asSlice(0, Math.max(0, length)).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8));
        }
    }

    @Override
    public void close() {
        call("close", ints(1), socket);
    }

    private static FunctionDescriptor ints(int count) {
        MemoryLayout[] all = new MemoryLayout[count];
        java.util.Arrays.fill(all, ValueLayout.JAVA_INT);
        return FunctionDescriptor.of(ValueLayout.JAVA_INT, all);
    }

    @SuppressWarnings("restricted") // As in the agent.
    private static Object call(String name, FunctionDescriptor descriptor, Object... arguments) {
        MethodHandle handle = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor);
        try {
            return handle.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException(name, e);
        }
    }
}
