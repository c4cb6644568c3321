package dev.picket.agent.kill;

import java.util.List;
import java.util.stream.Collectors;

/** One row of the kill table: the deaths that an agent dies one after the other before it may live. */
record Row(List<Point> deaths) {
    static Row of(Point... deaths) {
        return new Row(List.of(deaths));
    }

    @Override
    public String toString() {
        return deaths.stream().map(Point::name).collect(Collectors.joining("; then "));
    }
}
