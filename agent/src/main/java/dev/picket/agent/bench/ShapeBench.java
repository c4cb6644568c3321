package dev.picket.agent.bench;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.TokenRuns;
import java.io.IOException;

/**
 * What the design's three levers save on one base, whose weights may be random; {@code measured} (with the lever) and
 * {@code floor} (without) are milliseconds, the value is floor over measured.
 *
 * <ul>
 *   <li>{@code prefix-cache-speedup}: 40 tokens behind a cached prefix of 200, against all 240 in one pass
 *   <li>{@code scoring-speedup}: that pass, against an answer of 20 tokens generated behind the same cached prefix and text
 *   <li>{@code last-position-head-speedup}: 40 tokens with the output matrix at the last, against at every one
 * </ul>
 */
public final class ShapeBench {
    private static final int ROUNDS = 9;
    private static final int RUNS_A_ROUND = 3;
    private static final int PREFIX_TOKENS = 200;
    private static final int TEXT_TOKENS = 40;
    private static final int ANSWER_TOKENS = 20;
    private static final double NANOS_PER_MILLI = 1e6;

    private final BaseFolder base;
    private final EngineOptions options;
    private final int rounds;

    public ShapeBench(BaseFolder base, EngineOptions options) {
        this(base, options, ROUNDS);
    }

    ShapeBench(BaseFolder base, EngineOptions options, int rounds) {
        this.base = base;
        this.options = options;
        this.rounds = rounds;
    }

    public Result prefixCache() throws BadArtefactException, ClassificationException, IOException {
        return speedup("prefix-cache-speedup", TokenRuns::cached, TokenRuns::whole);
    }

    public Result scoring() throws BadArtefactException, ClassificationException, IOException {
        return speedup("scoring-speedup", TokenRuns::cached, runs -> runs.generated(ANSWER_TOKENS));
    }

    public Result lastPosition() throws BadArtefactException, ClassificationException, IOException {
        return speedup("last-position-head-speedup", TokenRuns::atLast, TokenRuns::everywhere);
    }

    private interface Run {
        Object on(TokenRuns runs) throws ClassificationException;
    }

    private Result speedup(String name, Run ours, Run floor)
            throws BadArtefactException, ClassificationException, IOException {
        try (TokenRuns runs = TokenRuns.open(base, options, PREFIX_TOKENS, TEXT_TOKENS)) {
            return Rounds.<ClassificationException>run(rounds, () -> millis(ours, runs), () -> millis(floor, runs))
                    .speedup(name);
        }
    }

    private static double millis(Run run, TokenRuns runs) throws ClassificationException {
        long start = System.nanoTime();
        for (int i = 0; i < RUNS_A_ROUND; i++) {
            run.on(runs);
        }
        return (System.nanoTime() - start) / NANOS_PER_MILLI / RUNS_A_ROUND;
    }
}
