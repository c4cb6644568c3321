package dev.picket.agent.service;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * systemd's {@code $NOTIFY_SOCKET} (sd_notify(3)): one datagram a message, to a path or, with {@code @} first, to an
 * abstract address. The JDK has no unix datagrams, so libc is called itself (ADR 35).
 *
 * <pre>
 *   struct sockaddr_un { sa_family_t (2 bytes) AF_UNIX; char path[108] }
 * </pre>
 */
final class NotifySocket implements Consumer<String> {
    private static final Logger LOG = LoggerFactory.getLogger(NotifySocket.class);
    private static final String VARIABLE = "NOTIFY_SOCKET";
    private static final int MAX_PATH_BYTES = 107;
    private static final int FAMILY_BYTES = 2;
    private static final short AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    /** A manager that is gone is an error code and no SIGPIPE; one that does not read does not hold the agent up. */
    private static final int MSG_NOSIGNAL_DONTWAIT = 0x4040;

    private static final int MOST_TRIES = 50;
    private static final long PAUSE_NANOS = 20_000_000;

    private final byte[] path;
    private final Calls calls;
    private boolean refused;

    private NotifySocket(byte[] path, Calls calls) {
        this.path = path;
        this.calls = calls;
    }

    /** The socket that the environment names; empty where none is, or one that cannot be used. */
    static Optional<Consumer<String>> of(Map<String, String> environment) {
        String name = environment.getOrDefault(VARIABLE, "");
        if (name.isEmpty()) {
            return Optional.empty();
        }
        byte[] path = name.getBytes(StandardCharsets.UTF_8);
        if (path.length > MAX_PATH_BYTES || (path[0] != '/' && path[0] != '@')) {
            LOG.warn(
                    "${} is '{}', which is no path of a socket, so the service manager is told nothing",
                    VARIABLE,
                    name);
            return Optional.empty();
        }
        if (path[0] == '@') {
            path[0] = 0;
        }
        try {
            return Optional.of(new NotifySocket(path, Calls.linked()));
        } catch (IllegalCallerException e) {
            LOG.warn("The service manager is told nothing, since native access is not allowed: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Waits a moment at most where the manager has too much to read, and never throws for what it does. */
    @Override
    public synchronized void accept(String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        boolean sent = send(bytes);
        for (int tries = refused ? MOST_TRIES : 1; !sent && tries < MOST_TRIES; tries++) {
            LockSupport.parkNanos(PAUSE_NANOS);
            sent = send(bytes);
        }
        if (!sent && !refused) {
            LOG.warn(
                    "The service manager at ${} cannot be told '{}'",
                    VARIABLE,
                    message.lines().findFirst().orElse(""));
        }
        refused = !sent;
    }

    private boolean send(byte[] message) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(FAMILY_BYTES + MAX_PATH_BYTES + 1L, Short.BYTES);
            address.set(ValueLayout.JAVA_SHORT, 0, AF_UNIX);
            MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, FAMILY_BYTES, path.length);
            // An abstract address ends with its last byte, a path with a NUL.
            int length = FAMILY_BYTES + path.length + (path[0] == 0 ? 0 : 1);
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, message);
            return send(bytes, address, length);
        }
    }

    private boolean send(MemorySegment bytes, MemorySegment address, int length) {
        try {
            int socket = (int) calls.socket.invokeExact((int) AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
            if (socket < 0) {
                return false;
            }
            try {
                return (long) calls.sendto.invokeExact(
                                socket, bytes, bytes.byteSize(), MSG_NOSIGNAL_DONTWAIT, address, length)
                        == bytes.byteSize();
            } finally {
                int closed = (int) calls.close.invokeExact(socket);
                LOG.trace("Closed: {}", closed);
            }
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of libc; linked once, since each takes milliseconds. */
    private record Calls(MethodHandle socket, MethodHandle sendto, MethodHandle close) {
        @SuppressWarnings("restricted") // The launcher allows native access, which ONNX Runtime needs as well.
        static Calls linked() {
            Linker linker = Linker.nativeLinker();
            return new Calls(
                    linker.downcallHandle(
                            linker.defaultLookup().findOrThrow("socket"),
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT)),
                    linker.downcallHandle(
                            linker.defaultLookup().findOrThrow("sendto"),
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_INT)),
                    linker.downcallHandle(
                            linker.defaultLookup().findOrThrow("close"),
                            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)));
        }
    }
}
