package dev.picket.agent.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.ReleaseShop;
import dev.picket.agent.Seed;
import dev.picket.agent.disk.DiskTrace;
import dev.picket.agent.disk.TracedProcess;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.Hashes;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.ReleaseFile;
import dev.picket.ota.store.SetFolder;
import dev.picket.ota.update.Updater;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gateway without a Set takes the first one, then the second, and dies or loses its power at every change that it makes
 * to the disk: the next life has the Set of before or the new one, whole, and ends with the new one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpdatePowerCutTest {
    private static final int SAMPLED_CUTS = 100;
    private static final int LONG_CUTS = 4_000;
    private static final String FIRST = "factory/1";
    private static final String SECOND = "factory/2";

    @TempDir
    static Path scratch;

    private Path memory;
    private DiskTrace trace;
    private byte[] root;
    private URI newest;

    @BeforeAll
    void aTraceOfTwoUpdates() throws Exception {
        // The real disk's syncs would be waited for, and prove nothing here.
        Path shared = Path.of("/dev/shm");
        memory = Files.createTempDirectory(Files.isWritable(shared) ? shared : scratch, "picket-update-cut");
        ReleaseShop shop = new ReleaseShop(scratch.resolve("shop"));
        root = Files.readAllBytes(shop.root());
        Path folder = Files.createDirectory(scratch.resolve("gateway"));
        TracedProcess traced = new TracedProcess(scratch, folder);
        newest = shop.served().toUri();
        for (String set : List.of("1", "2")) {
            shop.publish(set);
            Process process = traced.start(
                    UpdateProcess.class,
                    folder.toRealPath().toString(),
                    shop.root().toString(),
                    newest.toString());
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        }
        trace = traced.trace();
        assertThat(told(trace.cuts() - 1)).containsExactly(FIRST, SECOND);
    }

    @AfterAll
    void giveTheMemoryBack() throws Exception {
        AtomicFiles.removeTree(memory);
    }

    /** Each by its name; of those that have one name the first. */
    @TestFactory
    Stream<DynamicTest> killedAtEachKindOfChange() {
        Map<String, Integer> points = new LinkedHashMap<>();
        for (int cut = 0; cut < trace.cuts(); cut++) {
            points.putIfAbsent(plain(trace.name(cut)), cut);
        }
        assertThat(points).hasSizeGreaterThan(60);
        return points.entrySet().stream()
                .map(point -> DynamicTest.dynamicTest(
                        point.getKey(),
                        () -> assertThat(violation(trace, point.getValue(), null))
                                .isEmpty()));
    }

    @Test
    void powerCutAtRandomMoments() throws Exception {
        assertThat(violations(trace, SAMPLED_CUTS, 5)).isEmpty();
    }

    @Test
    @Tag("long")
    void killedAtEveryChange() throws Exception {
        for (int cut = 0; cut < trace.cuts(); cut++) {
            assertThat(violation(trace, cut, null))
                    .as("%d: %s", cut, trace.name(cut))
                    .isEmpty();
        }
    }

    @Test
    @Tag("long")
    void powerCutAtEveryMomentManyTimes() throws Exception {
        assertThat(violations(trace, LONG_CUTS, 20)).isEmpty();
    }

    /** The table is worth something only if it finds what is wrong. */
    @Test
    void withoutSyncsTheSameTableFindsLosses() throws Exception {
        assertThat(violations(trace.without(DiskTrace.Kind.SYNC), LONG_CUTS, 1)).isNotEmpty();
        assertThat(violations(trace.without(DiskTrace.Kind.SYNC_FOLDER), LONG_CUTS, 1))
                .isNotEmpty();
    }

    private List<String> violations(DiskTrace of, int cuts, int enough) throws Exception {
        long seed = Seed.ofThisRun();
        List<String> found = new ArrayList<>();
        for (int i = 0; i < cuts && found.size() < enough; i++) {
            Random chance = new Random(seed + i);
            int cut = chance.nextInt(of.cuts());
            String violation = violation(of, cut, chance);
            if (!violation.isEmpty()) {
                found.add("%d, %s, chance %d: %s".formatted(cut, of.name(cut), seed + i, violation));
            }
        }
        return found;
    }

    /** @param chance what the disk loses; null: nothing, as the process was killed */
    private String violation(DiskTrace of, int cut, @Nullable Random chance) throws Exception {
        Path folder = Files.createDirectory(memory.resolve("cut"));
        try {
            if (chance == null) {
                of.restoreKilled(cut, folder, UpdateProcess.TOLD);
            } else {
                of.restore(cut, chance, folder, UpdateProcess.TOLD);
            }
            return nextLife(folder, told(cut));
        } catch (Exception e) {
            return e.toString();
        } finally {
            AtomicFiles.removeTree(folder);
        }
    }

    private String nextLife(Path folder, List<String> told) throws Exception {
        PassingTrial trial = new PassingTrial(false);
        Updater updater = UpdateProcess.open(folder, root, newest, trial);
        updater.resume();
        Optional<SetFolder> active = updater.active();
        String serving = active.map(set -> set.set().label()).orElse("nothing");
        if (!told.isEmpty() && !List.of(told.getLast(), SECOND).contains(serving)) {
            return told.getLast() + " was told to be proved, but serving is " + serving;
        }
        if (active.isPresent() && !isWhole(active.get())) {
            return serving + " is active and not whole";
        }
        if (!serving.equals(trial.serving == null ? "nothing" : trial.serving)) {
            return serving + " is active, but " + trial.serving + " serves";
        }
        updater.poll();
        if (!SECOND.equals(trial.serving)
                || !updater.status().proved()
                || !isWhole(updater.active().orElseThrow())) {
            return "it does not end with the newest Set whole: " + updater.status();
        }
        return "";
    }

    private List<String> told(int cut) {
        return new String(trace.written(UpdateProcess.TOLD, cut), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }

    private static boolean isWhole(SetFolder set) throws IOException {
        if (!isWhole(set.set().base(), set.base())) {
            return false;
        }
        for (Release task : set.set().tasks()) {
            if (!isWhole(task, set.task(task.name()))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isWhole(Release release, Path folder) throws IOException {
        for (ReleaseFile file : release.files()) {
            Path at = folder.resolve(file.name());
            if (!Files.exists(at) || !Hashes.sha256(at).equals(file.sha256())) {
                return false;
            }
        }
        return true;
    }

    /** Without what differs from run to run, and with what is many of a kind named once. */
    private static String plain(String name) {
        return name.replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "*").replaceAll("[0-9a-f]{12,64}", "#");
    }
}
