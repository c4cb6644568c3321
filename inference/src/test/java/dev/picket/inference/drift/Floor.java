package dev.picket.inference.drift;

import dev.picket.inference.Signals;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * A floor that speaks: machines by day and by night, operators by day, fewer at the weekend; half of what each says it has said
 * before. What a text is like depends on the text alone, as it does for a model.
 */
final class Floor {
    /** What a source's texts are like. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Voice(
            String name,
            int perHour,
            boolean night,
            double weekend,
            double[] labels,
            double sure,
            double distance,
            double tokens) {}

    static final Instant MONDAY = Instant.parse("2026-11-02T00:00:00Z");
    static final List<Voice> USUAL = List.of(
            new Voice("press", 40, false, 0.3, new double[] {0.90, 0.08, 0.02}, 4, -2.5, -1.3),
            new Voice("oven", 12, true, 1, new double[] {0.60, 0.30, 0.10}, 2, -1.8, -0.9),
            new Voice("operators", 8, false, 0.1, new double[] {0.30, 0.30, 0.40}, 1, -1.5, -1.5));

    private static final double REPEATED = 0.5;
    private static final int REPERTOIRE = 300;

    private final Random random;
    private final long seed;
    private long fresh = 1_000_000;
    private Instant now = MONDAY;

    Floor(long seed) {
        this.random = new Random(seed);
        this.seed = seed;
    }

    Instant now() {
        return now;
    }

    /** What all voices say in an hour; the clock goes on. */
    List<Observation> hour(List<Voice> voices) {
        List<Observation> said = new ArrayList<>();
        long hours = Duration.between(MONDAY, now).toHours();
        boolean day = hours % 24 >= 6 && hours % 24 < 22;
        boolean weekend = hours / 24 % 7 >= 5;
        for (Voice voice : voices) {
            double rate = day || voice.night() ? voice.perHour() * (weekend ? voice.weekend() : 1) : 0;
            int texts = (int) Math.floor(rate * (0.5 + random.nextDouble()) + random.nextDouble());
            for (int i = 0; i < texts; i++) {
                long which = random.nextDouble() < REPEATED
                        ? (long) (Math.pow(random.nextDouble(), 3) * REPERTOIRE)
                        : fresh++;
                said.add(text(voice, which));
            }
        }
        now = now.plus(Duration.ofHours(1));
        return said;
    }

    Observation text(Voice voice, long which) {
        long hash = TextHash.of(voice.name() + " " + which, seed);
        SplittableRandom of = new SplittableRandom(hash);
        double at = of.nextDouble();
        int label = 0;
        while (label < voice.labels().length - 1 && at > voice.labels()[label]) {
            at -= voice.labels()[label++];
        }
        double confidence = 1 / (1 + Math.exp(-voice.sure() - of.nextGaussian()));
        double distance = Math.exp(voice.distance() + 0.4 * of.nextGaussian());
        int characters = 20 + of.nextInt(80);
        int tokens = (int) Math.max(1, characters * Math.exp(voice.tokens() + 0.2 * of.nextGaussian()));
        return new Observation(
                "fraud",
                "digest",
                voice.name(),
                hash,
                label,
                confidence,
                new Signals(tokens, characters, null, distance));
    }
}
