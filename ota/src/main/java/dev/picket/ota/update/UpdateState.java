package dev.picket.ota.update;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.release.ReleaseLimits;
import dev.picket.ota.release.SetManifest;
import dev.picket.ota.tuf.SignedTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that {@code ota} knows of itself, as one file {@code update-state.json} that is replaced by one rename. The
 * active Set named here is the one that runs; there is no other truth, and no link on the disk.
 *
 * @param attempts how often the step was begun; more than allowed means that it kills the process
 * @param candidate set from FETCHING to SHADOW, and at REJECTED
 * @param active from SWITCHED on the new Set; null before the first install
 * @param previous the Sets before it, newest first, two at most
 * @param counters by Set name the highest counter that was ever committed
 * @param clockFloor the last instant that a publisher signed as {@code issued}, unless its key was taken away since
 * @param refused Sets that were tried here and failed, newest first, bounded; they are not tried again
 * @param trial what the trial found so far; begun anew with each offer
 * @param last how the last update ended
 * @param orders what people ordered besides the channel
 */
record UpdateState(
        Step step,
        int attempts,
        @Nullable InstalledSet candidate,
        @Nullable InstalledSet active,
        List<InstalledSet> previous,
        Map<String, Long> counters,
        SignedTime clockFloor,
        List<Ended> refused,
        TrialLog trial,
        @Nullable Ended last,
        Orders orders) {
    static final int KEPT_BACK = 2;
    private static final int MAX_REFUSED = 16;
    private static final int FORMAT = 2;
    /** What is later has no milliseconds that fit a long, and stops whoever asks for them. */
    private static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59Z");

    private static final int MAX_COUNTERS = 256;

    UpdateState {
        previous = List.copyOf(previous);
        counters = Map.copyOf(counters);
        refused = List.copyOf(refused);
    }

    static UpdateState first() {
        return new UpdateState(
                Step.IDLE,
                0,
                null,
                null,
                List.of(),
                Map.of(),
                SignedTime.NONE,
                List.of(),
                TrialLog.EMPTY,
                null,
                Orders.NONE);
    }

    /** Takes the event's step in the table; a new step begins at attempt 0, but probation goes on counting. */
    UpdateState on(Event event) {
        Step next = Transitions.next(step, event);
        int count = next == Step.PROBATION ? attempts : 0;
        TrialLog found = event == Event.OFFERED ? TrialLog.EMPTY : trial;
        return new UpdateState(
                next, count, candidate, active, previous, counters, clockFloor, refused, found, last, orders);
    }

    UpdateState attempts(int count) {
        return new UpdateState(
                step, count, candidate, active, previous, counters, clockFloor, refused, trial, last, orders);
    }

    UpdateState candidate(@Nullable InstalledSet set) {
        return new UpdateState(
                step, attempts, set, active, previous, counters, clockFloor, refused, trial, last, orders);
    }

    UpdateState clockFloor(SignedTime floor) {
        return new UpdateState(
                step, attempts, candidate, active, previous, counters, floor, refused, trial, last, orders);
    }

    UpdateState ended(Ended end) {
        return new UpdateState(
                step,
                attempts,
                candidate,
                active,
                previous,
                counters,
                clockFloor,
                refused,
                trial,
                end,
                orders.end(end));
    }

    UpdateState trial(TrialLog now) {
        return new UpdateState(
                step, attempts, candidate, active, previous, counters, clockFloor, refused, now, last, orders);
    }

    UpdateState found(Finding finding) {
        return trial(trial.found(finding));
    }

    /** The candidate becomes the active Set, and what was active the first of those before it. */
    UpdateState switched() {
        List<InstalledSet> back = Stream.concat(Stream.ofNullable(active), previous.stream())
                .limit(KEPT_BACK)
                .toList();
        return new UpdateState(
                step, attempts, null, candidate, back, counters, clockFloor, refused, trial, last, orders);
    }

    /** The Set before becomes the active one again. */
    UpdateState rolledBack() {
        InstalledSet back = previous.isEmpty() ? null : previous.getFirst();
        List<InstalledSet> rest = previous.stream().skip(1).toList();
        return new UpdateState(step, attempts, null, back, rest, counters, clockFloor, refused, trial, last, orders);
    }

    UpdateState orders(Orders now) {
        return new UpdateState(
                step, attempts, candidate, active, previous, counters, clockFloor, refused, trial, last, now);
    }

    /** Forgets that a Set failed here. */
    UpdateState forgive(InstalledSet set) {
        List<Ended> all = refused.stream()
                .filter(each -> !each.identity().equals(set.identity()))
                .toList();
        return new UpdateState(
                step, attempts, candidate, active, previous, counters, clockFloor, all, trial, last, orders);
    }

    /** Remembers the counter of the active Set. */
    UpdateState proved() {
        Map<String, Long> all = new LinkedHashMap<>(counters);
        if (active != null && (all.size() < MAX_COUNTERS || all.containsKey(active.name()))) {
            all.merge(active.name(), active.counter(), Math::max);
        }
        return new UpdateState(
                step, attempts, candidate, active, previous, all, clockFloor, refused, trial, last, orders);
    }

    /** The active Set has passed its probation. */
    UpdateState committed(Instant now) {
        InstalledSet set = Objects.requireNonNull(active);
        String sentence = trial.sentences();
        Ended end = new Ended(
                set.label(), set.identity(), Step.COMMITTED, Optional.empty(), sentence, now, orders.current());
        return on(Event.PROBATION_PASSED).proved().orders(orders.committed()).ended(end);
    }

    /** REJECTED or ROLLED_BACK, as the table says. What was tried here and failed is not tried again. */
    UpdateState failed(RejectedException why, Instant now) {
        boolean tried = step != Step.FETCHING && step != Step.VERIFIED;
        InstalledSet set = Objects.requireNonNull(candidate != null ? candidate : active);
        UpdateState told = why instanceof FailedTrialException failed ? found(failed.finding()) : this;
        UpdateState next = told.on(Event.FAILED);
        Ended end = new Ended(
                set.label(),
                set.identity(),
                next.step(),
                Optional.of(why.reason()),
                String.valueOf(why.getMessage()),
                now,
                orders.current());
        next = next.step() == Step.ROLLED_BACK ? next.rolledBack() : next;
        return (tried ? next.refuse(end) : next).orders(orders.ended()).ended(end);
    }

    /** The candidate, or the order that brought it, is wanted no longer: nothing failed, and nothing changed. */
    UpdateState stopped(Instant now) {
        InstalledSet set = Objects.requireNonNull(candidate);
        Ended end = new Ended(
                set.label(),
                set.identity(),
                Step.REJECTED,
                Optional.of(Reason.ORDERED),
                "It was stopped by order at " + step.wireName() + ", before the switch.",
                now,
                orders.current());
        return on(Event.STOPPED).orders(orders.ended()).ended(end);
    }

    /** The candidate is not wanted now: told nowhere, since nothing came of it and it may come again. */
    UpdateState withdrawn() {
        return on(Event.WITHDRAWN).candidate(null).orders(orders.ended());
    }

    /**
     * The Set before is to run again, by this order; the channel does not bring back what it leaves. The order that
     * brought what is left, if it was still under way, has ended with it.
     */
    UpdateState orderedBack(String order, Instant now) {
        InstalledSet left = Objects.requireNonNull(active);
        InstalledSet back = previous.isEmpty() ? null : previous.getFirst();
        boolean onTrial = step == Step.SWITCHED || step == Step.PROBATION;
        Ended end = new Ended(
                left.label(),
                left.identity(),
                Step.ROLLED_BACK,
                Optional.of(Reason.ORDERED),
                "It was taken back by order; " + (back == null ? "no Set" : back.label()) + " runs.",
                now,
                order);
        Orders known = onTrial ? orders.end(end.by(orders.current())) : orders;
        return on(Event.ORDERED_BACK)
                .rolledBack()
                .orders(known.ended().passOver(SetManifest.path(left.name(), left.counter())))
                .ended(end);
    }

    /** Remembers a Set that failed here. */
    UpdateState refuse(Ended end) {
        List<Ended> all = Stream.concat(Stream.of(end), refused.stream())
                .limit(MAX_REFUSED)
                .toList();
        return new UpdateState(
                step, attempts, candidate, active, previous, counters, clockFloor, all, trial, last, orders);
    }

    Optional<Ended> refusal(InstalledSet set) {
        String identity = set.identity();
        return refused.stream().filter(each -> each.identity().equals(identity)).findFirst();
    }

    /** Every Set whose files must stay. */
    List<InstalledSet> kept() {
        return Stream.of(Stream.ofNullable(candidate), Stream.ofNullable(active), previous.stream())
                .flatMap(each -> each)
                .toList();
    }

    static UpdateState parse(byte[] bytes) throws RejectedException {
        Fields fields = StrictJson.parse("update-state.json", bytes);
        long format = fields.number("format", 1, FORMAT);
        Map<String, Long> counters = new LinkedHashMap<>();
        Fields counts = fields.object("counters");
        for (String name :
                counts.node().properties().stream().map(Map.Entry::getKey).toList()) {
            counters.put(name, counts.number(name, 1, Long.MAX_VALUE));
        }
        return new UpdateState(
                Ended.step(fields, "step"),
                (int) fields.number("attempts", 0, Integer.MAX_VALUE),
                set(fields, "candidate"),
                set(fields, "active"),
                sets(fields, "previous"),
                counters,
                floor(fields),
                ends(fields, "refused"),
                format < FORMAT ? TrialLog.EMPTY : TrialLog.parse(fields.object("trial")),
                fields.has("last") ? Ended.parse(fields.object("last")) : null,
                fields.has("orders") ? Orders.parse(fields.object("orders")) : Orders.NONE);
    }

    byte[] toBytes() {
        ObjectNode json = StrictJson.object()
                .put("format", FORMAT)
                .put("step", step.wireName())
                .put("attempts", attempts)
                .put("clockFloor", clockFloor.at().toString())
                .put("clockRoot", clockFloor.root());
        json.set("candidate", candidate == null ? null : candidate.toJson());
        json.set("active", active == null ? null : active.toJson());
        ArrayNode back = json.putArray("previous");
        previous.forEach(each -> back.add(each.toJson()));
        ObjectNode counts = json.putObject("counters");
        counters.forEach(counts::put);
        ArrayNode ends = json.putArray("refused");
        refused.forEach(each -> ends.add(each.toJson()));
        json.set("trial", trial.toJson());
        json.set("last", last == null ? null : last.toJson());
        json.set("orders", orders.toJson());
        return StrictJson.pretty(json);
    }

    /** Without the version of root it was saved by an earlier agent, which took any: the next refresh forgets it. */
    private static SignedTime floor(Fields fields) throws RejectedException {
        long root = fields.has("clockRoot") ? fields.number("clockRoot", 0, Long.MAX_VALUE) : 0;
        Instant at = Ended.instant(fields, "clockFloor");
        return at.isAfter(LAST_TIME) ? SignedTime.NONE : new SignedTime(at, root);
    }

    private static @Nullable InstalledSet set(Fields fields, String field) throws RejectedException {
        return fields.has(field) ? InstalledSet.parse(fields.object(field), ReleaseLimits.STORED) : null;
    }

    private static List<InstalledSet> sets(Fields fields, String field) throws RejectedException {
        List<InstalledSet> all = new ArrayList<>();
        for (Fields each : fields.objects(field, KEPT_BACK)) {
            all.add(InstalledSet.parse(each, ReleaseLimits.STORED));
        }
        return all;
    }

    private static List<Ended> ends(Fields fields, String field) throws RejectedException {
        List<Ended> all = new ArrayList<>();
        for (Fields each : fields.objects(field, MAX_REFUSED)) {
            all.add(Ended.parse(each));
        }
        return all;
    }
}
