package dev.picket.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A disk of a few MiB that can be filled, made read-only, and taken out; the test is skipped where mounting is forbidden. */
public final class SmallDisk implements AutoCloseable {
    private static final String SKIPPED = "Mounting is not permitted to this user, so no small disk is tried";

    private final Path image;
    private final Path inner;
    private final Path at;

    private SmallDisk(Path image, Path inner, Path at) {
        this.image = image;
        this.inner = inner;
        this.at = at;
    }

    /** One in memory, seen at a second place, from which it can be taken out and brought back as it was. */
    public static SmallDisk inMemory(Path scratch, int bytes) throws IOException, InterruptedException {
        Path inner = Files.createDirectories(scratch.resolve("disk"));
        Path at = Files.createDirectories(scratch.resolve("mounted"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "picket", inner.toString()) == 0, SKIPPED);
        SmallDisk disk = new SmallDisk(inner, inner, at);
        disk.bringBack();
        return disk;
    }

    /** One in a file, with a file system that stops writing as one does that has met an error. */
    public static SmallDisk inFile(Path scratch, int bytes) throws IOException, InterruptedException {
        Path image = scratch.resolve("image");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(bytes);
        }
        Path at = Files.createDirectories(scratch.resolve("mounted"));
        assumeTrue(
                Files.isExecutable(Path.of("/usr/sbin/mke2fs")),
                "mke2fs is not installed (apt install e2fsprogs), so no read-only disk is tried");
        assertThat(run("/usr/sbin/mke2fs", "-q", "-F", image.toString())).isZero();
        SmallDisk disk = new SmallDisk(image, at, at);
        assumeTrue(run("mount", "-o", "loop", image.toString(), at.toString()) == 0, SKIPPED);
        return disk;
    }

    public Path folder() {
        return at;
    }

    /** Takes all room but for some bytes. */
    public void fill(int but) throws IOException {
        long room = Files.getFileStore(at).getUsableSpace() - but;
        byte[] block = new byte[4096];
        try (RandomAccessFile file = new RandomAccessFile(at.resolve("filler").toFile(), "rw")) {
            for (long written = 0; written + block.length <= room; written += block.length) {
                file.write(block);
            }
        }
    }

    public void makeRoom() throws IOException {
        Files.delete(at.resolve("filler"));
    }

    /** What is open on it stays open; the name leads to the empty folder below. */
    public void takeOut() throws IOException, InterruptedException {
        assertThat(run("umount", "-l", at.toString())).isZero();
    }

    public void bringBack() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("mount"));
        command.addAll(
                inner.equals(at) ? List.of("-o", "loop", image.toString()) : List.of("--bind", inner.toString()));
        command.add(at.toString());
        assertThat(run(command.toArray(String[]::new))).isZero();
    }

    /** From now on nothing can be written to it, not even to what is open. */
    public void stopWriting() throws IOException, InterruptedException {
        assertThat(run("mount", "-o", "remount,abort", at.toString())).isZero();
    }

    @Override
    public void close() throws IOException {
        try {
            run("umount", "-l", at.toString());
            if (!inner.equals(at)) {
                run("umount", "-l", inner.toString());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(said).isTrue();
        return process.exitValue();
    }
}
