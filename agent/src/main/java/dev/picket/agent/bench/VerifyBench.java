package dev.picket.agent.bench;

import dev.picket.ota.AtomicFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * {@code update-verify-memory}: the most resident memory (VmHWM) of a process that verifies a large file, over that of one
 * with a file of 16 MiB; measured and floor in MiB. The files are sparse, so that they take no room on the disk.
 */
public final class VerifyBench {
    private static final int ROUNDS = 7;
    private static final long SMALL_BYTES = 16L << 20;
    private static final long LARGE_BYTES = 256L << 20;
    private static final long LONG_BYTES = 2L << 30;
    private static final double KIBI = 1024;

    private final Path folder;
    private final int rounds;
    private final long largeBytes;

    /**
     * @param folder where the files are made; it is there
     * @param large 2 GiB instead of 256 MiB
     */
    public VerifyBench(Path folder, boolean large) {
        this(folder, ROUNDS, large ? LONG_BYTES : LARGE_BYTES);
    }

    VerifyBench(Path folder, int rounds, long largeBytes) {
        this.folder = folder;
        this.rounds = rounds;
        this.largeBytes = largeBytes;
    }

    /** @throws IOException also where the system does not say what a process takes */
    public Result run() throws IOException, InterruptedException {
        if (!Files.isReadable(Path.of("/proc/self/status"))) {
            throw new IOException("this system has no /proc, which says what a process takes");
        }
        Path large = sparse("bench-verify-large", largeBytes);
        Path small = sparse("bench-verify-small", SMALL_BYTES);
        try {
            double[] ours = new double[rounds];
            double[] floors = new double[rounds];
            for (int i = 0; i < rounds; i++) {
                ours[i] = peakMebibytes(large);
                floors[i] = peakMebibytes(small);
            }
            return Rounds.of(ours, floors).ratio("update-verify-memory");
        } finally {
            AtomicFiles.remove(large);
            AtomicFiles.remove(small);
        }
    }

    private Path sparse(String name, long bytes) throws IOException {
        Path file = folder.resolve(name);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.allocate(1), bytes - 1);
        }
        return file;
    }

    private static double peakMebibytes(Path file) throws IOException, InterruptedException {
        Process process = ChildJvm.start(VerifyChild.class, List.of(), List.of(file.toString()));
        try (BufferedReader out = process.inputReader()) {
            double kibibytes = out.lines()
                    .filter(line -> line.startsWith(VerifyChild.PEAK))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElseThrow(() -> new IOException("the process that verifies a file ended too early"));
            return kibibytes / KIBI;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }
}
