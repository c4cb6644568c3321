package dev.picket.agent.uplink;

import java.util.concurrent.TimeUnit;

/** Why rows wait although the broker is there, as whoever holds them said last; forgotten when nobody says it again. */
final class HeldBack {
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(5);

    private record Said(String sentence, boolean trouble, long atNanos) {}

    private volatile Said last = new Said("", false, System.nanoTime());

    /** @param trouble whether somebody should look after it, or all is as it is meant to be */
    void say(String sentence, boolean trouble) {
        last = new Said(sentence, trouble, System.nanoTime());
    }

    String sentence() {
        Said said = last;
        return fresh(said) ? said.sentence() : "";
    }

    /** As {@link #sentence}, where it is a trouble. */
    String trouble() {
        Said said = last;
        return fresh(said) && said.trouble() ? said.sentence() : "";
    }

    private static boolean fresh(Said said) {
        return System.nanoTime() - said.atNanos() < FRESH_NANOS;
    }
}
