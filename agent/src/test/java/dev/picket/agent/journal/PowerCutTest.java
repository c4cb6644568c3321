package dev.picket.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.Seed;
import dev.picket.agent.disk.DiskTrace;
import dev.picket.agent.disk.TracedProcess;
import dev.picket.agent.read.Pipeline;
import dev.picket.agent.read.Until;
import dev.picket.ota.AtomicFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Power is cut, by replaying what a process wrote and synced: killed once on its way and started again, it reads a file
 * into the journal and hands the rows to a broker. After each cut the journal is opened on what the disk may hold, the
 * source goes on, and the same must hold as after a kill. SIGKILL alone would prove nothing of it: it keeps the page cache.
 */
class PowerCutTest {
    private static final int LINES = 600;
    private static final int SAMPLE = 60;

    @TempDir
    Path scratch;

    private Path memory;

    @BeforeEach
    void takeMemory() throws Exception {
        // The real disk's syncs would be waited for, and prove nothing here.
        Path shared = Path.of("/dev/shm");
        memory = Files.createTempDirectory(Files.isWritable(shared) ? shared : scratch, "picket-power-cut");
        Files.writeString(
                log(),
                IntStream.range(0, LINES).mapToObj("line %d\n"::formatted).collect(Collectors.joining()));
    }

    @AfterEach
    void giveItBack() throws Exception {
        AtomicFiles.removeTree(memory);
    }

    @Test
    void whateverTheDiskHoldsAfterACutNothingIsLostAndNothingIsTwice() throws Exception {
        DiskTrace trace = record();
        assertThat(trace.count(DiskTrace.Kind.SYNC)).isGreaterThan(100);
        long seed = Seed.ofThisRun();
        Random random = new Random(seed);
        List<Integer> cuts = new ArrayList<>(steps(trace));
        Collections.shuffle(cuts, random);
        List<Integer> sample = new ArrayList<>(cuts.subList(0, Math.min(SAMPLE / 2, cuts.size())));
        random.ints(SAMPLE / 2, 0, trace.cuts()).forEach(sample::add);
        assertThat(violations(trace, sample, random)).as("seed %d", seed).isEmpty();
    }

    @Test
    @Tag("long")
    void atEachStepAndAtThousandsOfRandomMomentsTheSameHolds() throws Exception {
        DiskTrace trace = record();
        long seed = Seed.ofThisRun();
        Random random = new Random(seed);
        List<Integer> cuts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            cuts.addAll(steps(trace));
        }
        random.ints(2_000, 0, trace.cuts()).forEach(cuts::add);
        assertThat(violations(trace, cuts, random)).as("seed %d", seed).isEmpty();
    }

    @Test
    void withoutSyncsTheSameTestFindsLosses() throws Exception {
        DiskTrace trace = record("synchronous = OFF");
        Random random = new Random(7);
        List<Integer> cuts =
                random.ints(SAMPLE / 3, trace.cuts() / 4, trace.cuts()).boxed().toList();
        assertThat(violations(trace, cuts, random)).isNotEmpty();
    }

    @Test
    void aCutWhileADamagedJournalIsSalvagedNeitherLosesNorDoublesARow() throws Exception {
        Path damaged = SalvageProcess.damaged(scratch);
        Set<String> wanted = texts(damaged);
        Path folder = Files.createDirectory(memory.resolve("data"));
        TracedProcess traced = new TracedProcess(memory, folder);
        Process process = traced.start(SalvageProcess.class, folder.toRealPath().toString(), damaged.toString());
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        DiskTrace trace = traced.trace();
        long seed = Seed.ofThisRun();
        Random random = new Random(seed);
        List<Integer> cuts = new ArrayList<>(trace.steps(name -> !name.endsWith("-wal")));
        cuts.removeIf(cut -> trace.written(PowerCutProcess.TAKEN, cut).length == 0);
        Collections.shuffle(cuts, random);
        assertThat(cuts).hasSizeGreaterThan(20);
        for (int cut : cuts.subList(0, Math.min(SAMPLE, cuts.size()))) {
            Path at = Files.createDirectory(memory.resolve("cut"));
            trace.restore(cut, random, at, PowerCutProcess.TAKEN);
            assertThat(texts(at.resolve("journal.db")))
                    .as("cut %d of %d, seed %d", cut, trace.cuts(), seed)
                    .isEqualTo(wanted);
            AtomicFiles.removeTree(at);
        }
    }

    /** The texts of all rows, each once. */
    private static Set<String> texts(Path file) throws Exception {
        try (Journal journal = Journal.open(file, PowerCutProcess.CONFIG, Clock.systemUTC())) {
            List<String> all = journal.latest(10 * LINES).stream()
                    .map(row -> String.valueOf(row.verdict().text()))
                    .toList();
            assertThat(all).doesNotHaveDuplicates();
            return Set.copyOf(all);
        }
    }

    private static List<Integer> steps(DiskTrace trace) {
        return trace.steps(name -> name.equals("journal.db"));
    }

    private DiskTrace record(String... pragmas) throws Exception {
        Path folder = Files.createDirectory(memory.resolve("data"));
        TracedProcess traced = new TracedProcess(memory, folder);
        List<String> args = new ArrayList<>(List.of(folder.toRealPath().toString(), log().toString()));
        args.addAll(List.of(pragmas));
        Process killed = traced.start(PowerCutProcess.class, args.toArray(String[]::new));
        Until.holds("a third is taken", () -> taken(folder) >= LINES / 3);
        traced.kill(killed);
        Process last = traced.start(PowerCutProcess.class, args.toArray(String[]::new));
        Until.holds("all is taken", () -> taken(folder) >= LINES);
        last.outputWriter().close();
        assertThat(last.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(last.exitValue()).isZero();
        return traced.trace();
    }

    private static long taken(Path folder) throws Exception {
        Path file = folder.resolve(PowerCutProcess.TAKEN);
        return Files.exists(file) ? Files.readAllLines(file).stream().distinct().count() : 0;
    }

    private List<String> violations(DiskTrace trace, List<Integer> cuts, Random random) throws Exception {
        List<String> found = new ArrayList<>();
        for (int cut : cuts) {
            long seed = random.nextLong();
            Path folder = Files.createDirectory(memory.resolve("cut"));
            trace.restore(cut, new Random(seed), folder, PowerCutProcess.TAKEN);
            Map<String, String> taken = new HashMap<>();
            for (String line : new String(trace.written(PowerCutProcess.TAKEN, cut), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                taken.put(line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1));
            }
            for (String violation : after(folder, taken)) {
                found.add("cut %d of %d (chance %d): %s".formatted(cut, trace.cuts(), seed, violation));
            }
            AtomicFiles.removeTree(folder);
        }
        return found;
    }

    /** What does not hold when the agent goes on with what the disk holds. */
    private List<String> after(Path folder, Map<String, String> taken) throws Exception {
        try (Journal journal = Journal.open(folder.resolve("journal.db"), PowerCutProcess.CONFIG, Clock.systemUTC())) {
            List<String> found = new ArrayList<>(journal.troubles());
            AtomicBoolean damaged = new AtomicBoolean();
            journal.onFault(() -> damaged.set(true));
            Map<String, String> held = texts(journal.latest(2 * LINES));
            taken.forEach((id, text) -> {
                if (!text.equals(held.get(id))) {
                    found.add(id + " was taken as '" + text + "', the journal holds " + held.get(id));
                }
            });
            Map<String, String> sent = new HashMap<>(held);
            sent.keySet().removeAll(texts(journal.pending(2 * LINES, Map.of())).keySet());
            sent.keySet().removeAll(taken.keySet());
            sent.keySet().forEach(id -> found.add(id + " is marked sent and was not taken"));
            try (Pipeline pipeline = PowerCutProcess.pipeline(journal, log())) {
                pipeline.start();
                Until.holds(
                        "all is read",
                        () -> offset(journal) == Files.size(log())
                                || pipeline.waits().toString().contains("damaged"));
                found.addAll(pipeline.waits());
            }
            atTheEnd(journal, found);
            return found;
        } catch (JournalUnavailableException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    private static void atTheEnd(Journal journal, List<String> found) throws Exception {
        List<PendingVerdict> rows = journal.latest(2 * LINES);
        if (rows.size() != LINES || texts(rows).values().stream().distinct().count() != LINES) {
            found.add(LINES + " lines became " + rows.size() + " rows with "
                    + texts(rows).values().stream().distinct().count() + " texts");
        }
        rows.stream()
                .collect(Collectors.groupingBy(
                        PendingVerdict::priority,
                        Collectors.mapping(PendingVerdict::seq, Collectors.toCollection(TreeSet::new))))
                .forEach((priority, seqs) -> {
                    if (!List.copyOf(seqs)
                            .equals(LongStream.rangeClosed(1, seqs.size())
                                    .boxed()
                                    .toList())) {
                        found.add("the seqs of " + priority + " are not dense: " + seqs);
                    }
                });
    }

    private static Map<String, String> texts(List<PendingVerdict> rows) {
        return rows.stream()
                .collect(Collectors.toMap(
                        PendingVerdict::id,
                        row -> String.valueOf(row.verdict().text()),
                        // Without syncs a torn tree may show a row twice; that is a finding, told by the count of rows.
                        (one, other) -> one.equals(other) ? one : one + " and " + other));
    }

    /** How far the source has come, as its position says. */
    private static long offset(Journal journal) throws JournalUnavailableException {
        return journal.position(PowerCutProcess.SOURCE)
                .map(position -> Long.parseLong(position.split(" ", -1)[5]))
                .orElse(0L);
    }

    private Path log() {
        return memory.resolve("app.log");
    }
}
