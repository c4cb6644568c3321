package dev.picket.agent.bench;

import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Texts to measure with: distinct ones of about 40 tokens, the same at each run. */
final class Texts {
    private static final int WORDS = 22;
    private static final long SEED = 20;
    private static final List<String> VOCABULARY = List.of(
            "pump",
            "line",
            "pressure",
            "alarm",
            "bearing",
            "invoice",
            "please",
            "check",
            "valve",
            "operator",
            "shift",
            "temperature",
            "stopped",
            "restart",
            "payment",
            "account",
            "conveyor",
            "motor",
            "before",
            "after",
            "urgent",
            "call",
            "number",
            "today",
            "high",
            "low",
            "oil",
            "leak",
            "order",
            "part",
            "door",
            "sensor");

    private Texts() {}

    static List<String> of(int count) {
        return IntStream.range(0, count).mapToObj(Texts::at).toList();
    }

    /** The i-th of them. */
    static String at(int i) {
        RandomGenerator random = new SplittableRandom(SEED + i);
        StringBuilder text = new StringBuilder("case " + i);
        for (int word = 0; word < WORDS; word++) {
            text.append(' ').append(VOCABULARY.get(random.nextInt(VOCABULARY.size())));
        }
        return text.toString();
    }
}
