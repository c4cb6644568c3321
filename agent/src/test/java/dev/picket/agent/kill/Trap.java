package dev.picket.agent.kill;

import java.util.List;

/**
 * A spot at which a process is stopped when it comes by for the nth time, or each time.
 *
 * @param late whether it lies there only once the process has come by another one
 */
record Trap(Spot spot, int pass, boolean late) {
    /** Instead of a number: it stops there each time. */
    static final int EACH = 0;

    static List<Trap> at(Point point) {
        return Spot.of(point).stream()
                .map(spot -> new Trap(spot, point.pass(), false))
                .toList();
    }

    /** Whenever it comes by; the fate says when it is the end. */
    static List<Trap> each(Point point) {
        return Spot.of(point).stream().map(spot -> new Trap(spot, EACH, false)).toList();
    }

    static List<Trap> later(Point point) {
        return Spot.of(point).stream()
                .map(spot -> new Trap(spot, point.pass(), true))
                .toList();
    }
}
