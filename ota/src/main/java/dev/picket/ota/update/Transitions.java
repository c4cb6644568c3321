package dev.picket.ota.update;

import static dev.picket.ota.update.Event.CLEANED;
import static dev.picket.ota.update.Event.EXAM_BEGUN;
import static dev.picket.ota.update.Event.EXAM_PASSED;
import static dev.picket.ota.update.Event.FAILED;
import static dev.picket.ota.update.Event.FETCHED;
import static dev.picket.ota.update.Event.LINKED;
import static dev.picket.ota.update.Event.OFFERED;
import static dev.picket.ota.update.Event.ORDERED_BACK;
import static dev.picket.ota.update.Event.PROBATION_PASSED;
import static dev.picket.ota.update.Event.SHADOW_DONE;
import static dev.picket.ota.update.Event.SHADOW_HELD;
import static dev.picket.ota.update.Event.STOPPED;
import static dev.picket.ota.update.Event.SWITCH_DONE;
import static dev.picket.ota.update.Event.WITHDRAWN;
import static dev.picket.ota.update.Step.COMMITTED;
import static dev.picket.ota.update.Step.EXAM;
import static dev.picket.ota.update.Step.FETCHING;
import static dev.picket.ota.update.Step.IDLE;
import static dev.picket.ota.update.Step.PROBATION;
import static dev.picket.ota.update.Step.REJECTED;
import static dev.picket.ota.update.Step.ROLLED_BACK;
import static dev.picket.ota.update.Step.SHADOW;
import static dev.picket.ota.update.Step.STAGED;
import static dev.picket.ota.update.Step.SWITCHED;
import static dev.picket.ota.update.Step.VERIFIED;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The whole update as one table. What it does not list cannot happen: such a pair throws. {@link #printed} draws it; the
 * test beside it holds what is drawn.
 */
final class Transitions {
    private static final List<Row> TABLE = List.of(
            new Row(IDLE, OFFERED, FETCHING),
            new Row(FETCHING, OFFERED, FETCHING),
            new Row(FETCHING, WITHDRAWN, IDLE),
            new Row(FETCHING, FETCHED, VERIFIED),
            new Row(VERIFIED, LINKED, STAGED),
            new Row(STAGED, EXAM_BEGUN, EXAM),
            new Row(EXAM, EXAM_PASSED, SHADOW),
            new Row(SHADOW, SHADOW_DONE, SWITCHED),
            new Row(SWITCHED, SWITCH_DONE, PROBATION),
            new Row(PROBATION, PROBATION_PASSED, COMMITTED),
            // One that waits for readings makes way for another.
            new Row(SHADOW, SHADOW_HELD, SHADOW),
            new Row(SHADOW, OFFERED, FETCHING),
            // Until the switch it makes way at once for what people ordered, or for none; it may come again.
            new Row(VERIFIED, WITHDRAWN, IDLE),
            new Row(STAGED, WITHDRAWN, IDLE),
            new Row(EXAM, WITHDRAWN, IDLE),
            new Row(SHADOW, WITHDRAWN, IDLE),
            // Before the switch nothing has changed.
            new Row(FETCHING, FAILED, REJECTED),
            new Row(VERIFIED, FAILED, REJECTED),
            new Row(STAGED, FAILED, REJECTED),
            new Row(EXAM, FAILED, REJECTED),
            new Row(SHADOW, FAILED, REJECTED),
            new Row(FETCHING, STOPPED, REJECTED),
            new Row(VERIFIED, STOPPED, REJECTED),
            new Row(STAGED, STOPPED, REJECTED),
            new Row(EXAM, STOPPED, REJECTED),
            new Row(SHADOW, STOPPED, REJECTED),
            // After it the last good Set runs again.
            new Row(SWITCHED, FAILED, ROLLED_BACK),
            new Row(PROBATION, FAILED, ROLLED_BACK),
            new Row(SWITCHED, ORDERED_BACK, ROLLED_BACK),
            new Row(PROBATION, ORDERED_BACK, ROLLED_BACK),
            new Row(IDLE, ORDERED_BACK, ROLLED_BACK),
            new Row(COMMITTED, CLEANED, IDLE),
            new Row(REJECTED, CLEANED, IDLE),
            new Row(ROLLED_BACK, CLEANED, IDLE));

    private Transitions() {}

    record Row(Step step, Event event, Step next) {}

    static Step next(Step step, Event event) {
        return find(step, event).orElseThrow(() -> new IllegalStateException(step + " knows no " + event));
    }

    /** Whether the pair is listed. */
    static boolean knows(Step step, Event event) {
        return find(step, event).isPresent();
    }

    static List<Row> table() {
        return TABLE;
    }

    /** State, event, next state; a line each, in the order of states, and the events that each state refuses. */
    static String printed() {
        return Arrays.stream(Step.values()).map(Transitions::printed).collect(Collectors.joining());
    }

    private static String printed(Step step) {
        String rows = TABLE.stream()
                .filter(row -> row.step() == step)
                .map(row -> String.format(Locale.ROOT, "%-11s %-16s %s%n", step, row.event(), row.next()))
                .collect(Collectors.joining());
        String refused = Arrays.stream(Event.values())
                .filter(event -> !knows(step, event))
                .map(Event::name)
                .collect(Collectors.joining(" "));
        return rows + String.format(Locale.ROOT, "%-11s refuses %s%n", step, refused);
    }

    private static Optional<Step> find(Step step, Event event) {
        return TABLE.stream()
                .filter(each -> each.step() == step && each.event() == event)
                .findFirst()
                .map(Row::next);
    }
}
