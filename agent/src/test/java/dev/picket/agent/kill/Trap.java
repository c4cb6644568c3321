package dev.picket.agent.kill;

import java.util.List;

/**
 * A spot at which a process is stopped when it comes by for the nth time.
 *
 * @param late whether it lies there only once the process has come by another one
 */
record Trap(Spot spot, int pass, boolean late) {
    static List<Trap> at(Point point) {
        return Spot.of(point).stream()
                .map(spot -> new Trap(spot, point.pass(), false))
                .toList();
    }

    static List<Trap> later(Point point) {
        return Spot.of(point).stream()
                .map(spot -> new Trap(spot, point.pass(), true))
                .toList();
    }
}
