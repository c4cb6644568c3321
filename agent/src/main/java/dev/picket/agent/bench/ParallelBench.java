package dev.picket.agent.bench;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.Schedule;
import dev.picket.inference.engine.Scheduling;
import dev.picket.inference.engine.SideBySide;
import java.io.IOException;
import java.time.Duration;

/**
 * {@code parallel-speedup}: texts a second of the schedule that is chosen on this machine over one run with all threads.
 * {@code measured} and {@code floor} are texts a second, of 40 made-up tokens each.
 */
public final class ParallelBench {
    private static final int ROUNDS = 9;
    private static final int TOKENS = 40;
    private static final Duration SLICE = Duration.ofMillis(400);

    private final BaseFolder base;
    private final int processors = Math.max(1, Runtime.getRuntime().availableProcessors());

    /** @param base of any size; loaded twice at once, and for the choice once a candidate */
    public ParallelBench(BaseFolder base) {
        this.base = base;
    }

    public Result run() throws BadArtefactException, IOException {
        Schedule chosen = new Scheduling(processors, Duration.ofSeconds(2), 7, TOKENS, Long.MAX_VALUE)
                .choose(base, new EngineOptions(0, 0, 0, 1));
        try (SideBySide ours = SideBySide.open(base, chosen.runs(), chosen.threadsPerRun(), TOKENS);
                SideBySide one = SideBySide.open(base, 1, processors, TOKENS)) {
            return Rounds.<BadArtefactException>run(ROUNDS, () -> rate(ours), () -> rate(one))
                    .ratio("parallel-speedup");
        }
    }

    private static double rate(SideBySide side) throws BadArtefactException {
        try {
            return side.textsPerSecond(SLICE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BadArtefactException("The measurement was interrupted.", e);
        }
    }
}
