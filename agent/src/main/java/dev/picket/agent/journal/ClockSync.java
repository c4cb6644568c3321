package dev.picket.agent.journal;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the kernel holds the clock for synchronised: adjtimex(2) with nothing to change, which anybody may call. Where it
 * cannot be asked, the mark that systemd-timesyncd sets; where nobody knows, it is not.
 */
final class ClockSync {
    private static final Logger LOG = LoggerFactory.getLogger(ClockSync.class);
    private static final Path TIMESYNC = Path.of("/run/systemd/timesync/synchronized");
    /** {@code struct timex} of 64-bit Linux is 208 bytes long; its status, an int, stands at 40. */
    private static final int TIMEX_BYTES = 208;

    private static final int STATUS_AT = 40;
    private static final int STA_UNSYNC = 0x40;
    private static final int TIME_ERROR = 5;
    private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private record Known(boolean holds, long atNanos) {}

    private final @Nullable MethodHandle adjtimex = find();
    private volatile @Nullable Known known;

    boolean holds() {
        Known last = known;
        if (last == null || System.nanoTime() - last.atNanos() > ASK_AGAIN_NANOS) {
            last = new Known(ask(), System.nanoTime());
            known = last;
        }
        return last.holds();
    }

    private boolean ask() {
        MethodHandle call = adjtimex;
        if (call != null) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment timex = arena.allocate(TIMEX_BYTES, Long.BYTES);
                int state = (int) call.invokeExact(timex);
                if (state >= 0) {
                    return state != TIME_ERROR && (timex.get(ValueLayout.JAVA_INT, STATUS_AT) & STA_UNSYNC) == 0;
                }
            } catch (Throwable e) {
                // A method handle may throw anything by its type; this one throws nothing but faults of the JVM.
                LOG.debug("The kernel could not be asked whether its clock is synchronised", e);
            }
        }
        return Files.exists(TIMESYNC);
    }

    // Restricted, since a wrong signature ends the JVM: this one is the kernel's.
    @SuppressWarnings("restricted")
    private static @Nullable MethodHandle find() {
        if (!System.getProperty("os.name", "").equals("Linux") || ValueLayout.ADDRESS.byteSize() != Long.BYTES) {
            return null;
        }
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find("adjtimex")
                .map(address -> linker.downcallHandle(
                        address, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS)))
                .orElse(null);
    }
}
