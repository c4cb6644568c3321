package dev.picket.inference.engine;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.ListedFile;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds how texts of a base share this machine best: many runs of one thread lose nothing to waiting for each other, few
 * runs of many threads share what they read from memory, and which is faster depends on the base and the processor.
 *
 * <pre>
 * runs and threads configured          those
 * base over maxBytes                   one run with all processors: not loaded for a measurement, and each text is slow
 *                                      enough already that what waits for it counts more than texts a second
 * another provider than the CPU        the same: who answers is chosen with the base, and its runs share no processors
 *   may answer
 * no memory for all candidates         the same
 * else                                 each candidate is loaded; they take turns, round by round, which of them begins
 *                                      changes; the best by the median of its rounds
 * </pre>
 *
 * @param processors of this machine
 * @param budget for all rounds together; one round is made in any case, and loading is not counted
 * @param rounds at most
 * @param tokens of a made-up text
 * @param maxBytes of a base that is measured: each candidate loads it once
 */
public record Scheduling(int processors, Duration budget, int rounds, int tokens, long maxBytes) {
    private static final Logger LOG = LoggerFactory.getLogger(Scheduling.class);

    public Scheduling {
        if (processors < 1 || rounds < 1 || tokens < 1) {
            throw new IllegalArgumentException(
                    "Processors " + processors + ", rounds " + rounds + " and tokens " + tokens + " must be positive");
        }
    }

    /** 600 ms, 5 rounds, texts of 40 tokens, bases up to 128 MiB. */
    public static Scheduling usual() {
        return new Scheduling(
                Math.max(1, Runtime.getRuntime().availableProcessors()), Duration.ofMillis(600), 5, 40, 128L << 20);
    }

    /** The same where memory is no question. */
    public Schedule choose(BaseFolder folder, EngineOptions wanted) throws BadArtefactException, IOException {
        return choose(folder, wanted, _ -> true);
    }

    /**
     * The schedule for a base; its files are hashed before they are loaded.
     *
     * @param wanted 0 runs or threads are chosen here
     * @param room whether so many bytes of bases' files fit into memory, once loaded
     * @throws BadArtefactException when the base is damaged
     * @throws IOException when the disk fails
     */
    public Schedule choose(BaseFolder folder, EngineOptions wanted, LongPredicate room)
            throws BadArtefactException, IOException {
        Schedule chosen = chosen(folder, wanted, room);
        LOG.info("Texts of base {} share {} processors as {}", folder.manifest().name(), processors, chosen.told());
        return chosen;
    }

    private Schedule chosen(BaseFolder folder, EngineOptions wanted, LongPredicate room)
            throws BadArtefactException, IOException {
        if (wanted.runs() > 0 && wanted.threadsPerRun() > 0) {
            return new Schedule(wanted.runs(), wanted.threadsPerRun(), Schedule.Origin.CONFIGURED, List.of());
        }
        List<Schedule.Tried> candidates = candidates(wanted);
        if (candidates.size() == 1) {
            return byRule(candidates);
        }
        String why = whyNot(folder, candidates.size(), wanted.providers(), room);
        if (!why.isEmpty()) {
            LOG.info(
                    "How texts of base {} run fastest is not measured: {}",
                    folder.manifest().name(),
                    why);
            return byRule(candidates);
        }
        try {
            List<Schedule.Tried> tried = measure(folder, candidates);
            Schedule.Tried best = tried.getFirst();
            return new Schedule(best.runs(), best.threadsPerRun(), Schedule.Origin.MEASURED, tried);
        } catch (InterruptedException e) {
            // Whoever is told to stop needs no best one.
            Thread.currentThread().interrupt();
            return byRule(candidates);
        }
    }

    /** Why the candidates are not measured; empty where they are. */
    private String whyNot(BaseFolder folder, int candidates, Providers providers, LongPredicate room) {
        long bytes =
                folder.manifest().files().stream().mapToLong(ListedFile::length).sum();
        if (bytes > maxBytes) {
            return "it has " + bytes + " bytes, and at most " + maxBytes + " are loaded for that";
        }
        List<String> answering = providers.plan().order();
        if (answering.size() > 1) {
            return answering.getFirst() + " may answer, and only the CPU's runs share processors";
        }
        // All are in memory at once, since they take turns.
        return room.test(bytes * candidates)
                ? ""
                : "there is no memory for " + candidates + " of it at once, " + bytes * candidates + " bytes of files";
    }

    /** The last one has the fewest runs. */
    private static Schedule byRule(List<Schedule.Tried> candidates) {
        Schedule.Tried only = candidates.getLast();
        return new Schedule(only.runs(), only.threadsPerRun(), Schedule.Origin.RULE, List.of());
    }

    /** Those that leave no processor idle and give none two runs, from the most runs to the fewest; not measured yet. */
    List<Schedule.Tried> candidates(EngineOptions wanted) {
        if (wanted.threadsPerRun() > 0) {
            return List.of(candidate(Math.max(1, processors / wanted.threadsPerRun()), wanted.threadsPerRun()));
        }
        int most = wanted.runs() > 0 ? Math.max(1, processors / wanted.runs()) : processors;
        return IntStream.concat(
                        IntStream.iterate(1, threads -> threads <= most, threads -> threads * 2), IntStream.of(most))
                .distinct()
                .mapToObj(threads -> candidate(wanted.runs() > 0 ? wanted.runs() : processors / threads, threads))
                .toList();
    }

    private static Schedule.Tried candidate(int runs, int threads) {
        return new Schedule.Tried(runs, threads, 0);
    }

    private List<Schedule.Tried> measure(BaseFolder folder, List<Schedule.Tried> candidates)
            throws BadArtefactException, IOException, InterruptedException {
        folder.verify();
        List<SideBySide> rigs = new ArrayList<>();
        try {
            for (Schedule.Tried each : candidates) {
                rigs.add(SideBySide.open(folder, each.runs(), each.threadsPerRun(), tokens));
            }
            return measured(rigs);
        } finally {
            rigs.forEach(SideBySide::close);
        }
    }

    private List<Schedule.Tried> measured(List<SideBySide> rigs) throws BadArtefactException, InterruptedException {
        // The first text of each is slower than all after it.
        for (SideBySide rig : rigs) {
            rig.textsPerSecond(Duration.ZERO);
        }
        Duration slice = budget.dividedBy((long) rigs.size() * rounds);
        long end = System.nanoTime() + budget.toNanos();
        double[][] rates = new double[rigs.size()][rounds];
        int done = 0;
        while (done < rounds && (done == 0 || System.nanoTime() < end)) {
            for (int i = 0; i < rigs.size(); i++) {
                int turn = (i + done) % rigs.size();
                rates[turn][done] = rigs.get(turn).textsPerSecond(slice);
            }
            done++;
        }
        List<Schedule.Tried> tried = new ArrayList<>();
        for (int i = 0; i < rigs.size(); i++) {
            SideBySide rig = rigs.get(i);
            tried.add(new Schedule.Tried(rig.runs(), rig.threadsPerRun(), median(rates[i], done)));
        }
        tried.sort(Comparator.comparingDouble(Schedule.Tried::textsPerSecond).reversed());
        return tried;
    }

    private static double median(double[] rates, int count) {
        double[] sorted = Arrays.stream(rates).limit(count).sorted().toArray();
        return sorted[count / 2];
    }
}
