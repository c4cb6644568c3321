package dev.picket.agent.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code resident-growth}: anonymous memory of a process with the agent's heap after many texts, over that after the first
 * 5,000, when everything that is kept has been made. {@code measured} and {@code floor} are megabytes.
 */
public final class ResidentBench {
    private static final int FIRST = 5_000;
    private static final int MANY = 20_000;
    private static final int A_MILLION = 1_000_000;
    private static final double KILOBYTES_PER_MEGABYTE = 1024;

    private final Path base;
    private final Path task;
    private final int first;
    private final int many;

    /**
     * @param base a base's folder
     * @param task the folder of a task on it
     * @param large a million texts instead of 20,000
     */
    public ResidentBench(Path base, Path task, boolean large) {
        this(base, task, FIRST, large ? A_MILLION : MANY);
    }

    ResidentBench(Path base, Path task, int first, int many) {
        this.base = base;
        this.task = task;
        this.first = first;
        this.many = many;
    }

    public Result run() throws IOException, InterruptedException {
        Process child = ChildJvm.start(
                ResidentChild.class,
                List.of("-Xmx96m"),
                List.of(base.toString(), task.toString(), Integer.toString(first), Integer.toString(many)));
        try (BufferedReader lines = child.inputReader()) {
            double floor = megabytes(lines.readLine());
            double measured = megabytes(lines.readLine());
            double growth = measured / floor;
            return new Result("resident-growth", growth, growth, growth, "ratio", measured, floor);
        } finally {
            child.destroyForcibly();
        }
    }

    private static double megabytes(String line) throws IOException {
        if (line == null) {
            throw new IOException("the process that classifies has ended early");
        }
        return Long.parseLong(line) / KILOBYTES_PER_MEGABYTE;
    }
}
