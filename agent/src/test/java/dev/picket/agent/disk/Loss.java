package dev.picket.agent.disk;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What a disk loses, when it stops, of what was done and not synced. */
final class Loss {
    private enum Fate {
        LOST,
        KEPT,
        THE_FIRST_KEPT,
        THE_LAST_KEPT,
        SOME_KEPT
    }

    private final @Nullable Random chance;

    private Loss(@Nullable Random chance) {
        this.chance = chance;
    }

    /** A process was killed: the system still has all that it did. */
    static Loss none() {
        return new Loss(null);
    }

    /** Power was cut: a lot each for every file and folder. */
    static Loss by(Random chance) {
        return new Loss(chance);
    }

    boolean coin() {
        return chance == null || chance.nextBoolean();
    }

    /** The lot of one file or folder. */
    Part of(int operations) {
        return chance == null
                ? new Part(Fate.KEPT, 0)
                : new Part(Fate.values()[chance.nextInt(Fate.values().length)], chance.nextInt(operations + 1));
    }

    /** What becomes of each of the operations on one. */
    final class Part {
        private final Fate fate;
        private final int mark;

        private Part(Fate fate, int mark) {
            this.fate = fate;
            this.mark = mark;
        }

        boolean spares(int index) {
            return switch (fate) {
                case LOST -> false;
                case KEPT -> true;
                case THE_FIRST_KEPT -> index < mark;
                case THE_LAST_KEPT -> index >= mark;
                case SOME_KEPT -> coin();
            };
        }

        /** Whether it is kept in part, a write's sectors each for itself. */
        boolean tears(int index) {
            return switch (fate) {
                case LOST, KEPT -> false;
                case THE_FIRST_KEPT, THE_LAST_KEPT -> index == mark;
                case SOME_KEPT -> true;
            };
        }
    }
}
