package dev.picket.agent.disk;

import java.util.Random;

/** What becomes at a cut of power of what was not synced. */
enum Fate {
    LOST,
    KEPT,
    THE_FIRST,
    THE_LAST,
    SOME;

    static Fate of(Random chance) {
        return values()[chance.nextInt(values().length)];
    }

    /** @param mark where the first end and the last begin */
    boolean spares(int index, int mark, Random chance) {
        return switch (this) {
            case LOST -> false;
            case KEPT -> true;
            case THE_FIRST -> index < mark;
            case THE_LAST -> index >= mark;
            case SOME -> chance.nextBoolean();
        };
    }
}
