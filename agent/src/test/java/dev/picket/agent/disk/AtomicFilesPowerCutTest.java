package dev.picket.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.Seed;
import dev.picket.ota.AtomicFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Power is cut, by replaying what a process wrote and synced, while a state file is replaced again and again, as the
 * update's step and the configuration's overlay are.
 */
class AtomicFilesPowerCutTest {
    @TempDir
    Path scratch;

    @Test
    void afterACutTheFileIsWholeAndNoOlderThanTheLastReplacementThatReturned() throws Exception {
        DiskTrace trace = record();
        assertThat(violations(trace)).isEmpty();
    }

    @Test
    void withTheFoldersForceRemovedAReplacementThatReturnedIsLost() throws Exception {
        assertThat(violations(record().without(DiskTrace.Kind.SYNC_FOLDER))).isNotEmpty();
    }

    @Test
    void withTheFilesForceRemovedATornFileIsFound() throws Exception {
        assertThat(violations(record().without(DiskTrace.Kind.SYNC))).isNotEmpty();
    }

    private DiskTrace record() throws Exception {
        Path folder = Files.createDirectory(scratch.resolve("data"));
        TracedProcess traced = new TracedProcess(scratch, folder);
        Process process =
                traced.start(AtomicFilesProcess.class, folder.toRealPath().toString());
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return traced.trace();
    }

    /** At each moment, several times. */
    private List<String> violations(DiskTrace trace) throws Exception {
        long seed = Seed.ofThisRun();
        Random random = new Random(seed);
        List<String> found = new ArrayList<>();
        for (int i = 0; i < 4 * trace.cuts(); i++) {
            int cut = i % trace.cuts();
            Path folder = Files.createDirectory(scratch.resolve("cut"));
            trace.restore(cut, random, folder, AtomicFilesProcess.DONE);
            List<String> done = new String(trace.written(AtomicFilesProcess.DONE, cut), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            int last = done.isEmpty() ? 0 : Integer.parseInt(done.getLast());
            Path state = folder.resolve(AtomicFilesProcess.STATE);
            String now = Files.exists(state) ? Files.readString(state) : "";
            boolean old = last > 0 && !now.isEmpty() && number(now) < last;
            if (old || (last > 0 && now.isEmpty()) || !whole(now)) {
                found.add("cut %d, seed %d: version %d was written, the disk has '%s'"
                        .formatted(cut, seed, last, now.length() > 20 ? now.substring(0, 20) : now));
            }
            AtomicFiles.removeTree(folder);
        }
        return found;
    }

    private static boolean whole(String state) {
        return state.isEmpty() || state.equals(AtomicFilesProcess.version(number(state)));
    }

    private static int number(String state) {
        String[] words = state.split(" ", -1);
        return words.length > 1 && words[1].matches("[0-9]+") ? Integer.parseInt(words[1]) : 0;
    }
}
