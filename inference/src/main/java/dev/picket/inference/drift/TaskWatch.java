package dev.picket.inference.drift;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The watch over one task under one digest. Texts are counted once in a window's time, into the pane that runs; a pane that closes adds
 * to the baseline while that is collected, and is looked at with those before it once it is frozen.
 *
 * <pre>
 *            baseline, by source              window: 6 panes or more
 *   |----|----|----|----|----|----| frozen |----|----|----|----|----|----|~~
 *                                              |----|----|----|----|----|----|
 * </pre>
 *
 * Not for several threads at once. The time is told, never asked for.
 */
public final class TaskWatch {
    private static final int LEAST_TEXTS_OF_A_GAP = 50;
    /** An alarm that has begun ends below this share of its limit, so that it does not flicker ... */
    private static final double ENDS_BELOW = 0.75;
    /** ... or once chance goes so far often enough. */
    private static final double ENDS_ABOVE = 0.01;

    private final DriftSettings settings;
    private final WatchState began;
    private final DistinctTexts distinct;
    private final Reference reference;
    private final Map<String, Tally> current = new LinkedHashMap<>();
    private final Deque<Pane> panes;
    private final Map<String, Alarm> alarms = new LinkedHashMap<>();
    private Phase phase;
    private Instant paneBegan;
    private int lived;
    private @Nullable Instant frozen;
    private @Nullable Alarm ended;
    private @Nullable Instant until;
    private @Nullable Instant accepted;
    private List<Shift> shifts = List.of();
    private int windowTexts;

    /** @param from a new one, or what was saved */
    public TaskWatch(WatchState from, DriftSettings settings) {
        this.settings = settings;
        this.began = from;
        this.distinct = new DistinctTexts(settings.textsPerPane(), DriftSettings.PANES);
        this.reference = new Reference(from.labels(), from.reference());
        from.current().forEach((source, tally) -> current.put(source, tally.copy()));
        this.panes = new ArrayDeque<>(from.panes());
        from.alarms().forEach(each -> alarms.put(each.of(), each));
        this.phase = from.phase();
        this.paneBegan = from.paneBegan();
        this.lived = from.lived();
        this.frozen = from.frozen();
        this.ended = from.ended();
        this.until = from.until();
        this.accepted = from.accepted();
        if (phase == Phase.WATCHING) {
            compare();
        }
    }

    public String task() {
        return began.task();
    }

    public String digest() {
        return began.digest();
    }

    /** Counts a text that is of this task and digest, if it is new. */
    public void saw(Observation seen) {
        if (seen.label() >= 0 && seen.label() < began.labels() && distinct.add(seen.text())) {
            String source =
                    current.containsKey(seen.source()) || current.size() < DriftSettings.SOURCES ? seen.source() : "";
            current.computeIfAbsent(source, _ -> new Tally(began.labels())).add(seen);
        }
    }

    /**
     * Closes the pane that runs when its time is over, and looks.
     *
     * @param settled whether the task is past its probation
     * @return whether a pane was closed, so that what is to be kept has changed
     */
    public boolean tick(Instant now, boolean settled) {
        if (now.isBefore(paneBegan)) {
            paneBegan = now;
        }
        boolean over = !now.isBefore(paneBegan.plus(settings.pane()));
        boolean begins = phase == Phase.SETTLING && settled;
        if (over || begins) {
            close(now);
            phase = begins ? Phase.COLLECTING : phase;
        }
        return over || begins;
    }

    /**
     * Takes the drift that stands as how things are now: its alarms end, and another baseline is collected. The texts of the windows that
     * found it are not of it: they are not known by source, and some of them may be of before.
     *
     * @return the alarms that ended; empty, and nothing is changed, where none stands
     */
    public List<Alarm> accept(Instant now) {
        List<Alarm> standing = List.copyOf(alarms.values());
        if (standing.isEmpty()) {
            return standing;
        }
        keep(now);
        begin(now);
        phase = Phase.COLLECTING;
        reference.clear();
        lived = 0;
        frozen = null;
        alarms.clear();
        ended = standing.getLast();
        until = now;
        accepted = now;
        shifts = List.of();
        windowTexts = 0;
        return standing;
    }

    private void close(Instant now) {
        keep(now);
        switch (phase) {
            case SETTLING -> {}
            case COLLECTING -> collect(now);
            case WATCHING -> look(now);
        }
        begin(now);
    }

    /** The pane that ends becomes one of those kept. */
    private void keep(Instant now) {
        Tally all = new Tally(began.labels());
        Map<String, Integer> mix = new HashMap<>();
        current.forEach((source, tally) -> {
            all.add(tally);
            mix.put(source, tally.texts());
        });
        panes.addLast(new Pane(now, phase == Phase.WATCHING, all, mix));
        Instant oldest = now.minus(settings.pane().multipliedBy(DriftSettings.KEPT_PANES));
        while (panes.size() > DriftSettings.KEPT_PANES
                || panes.getFirst().ended().isBefore(oldest)) {
            panes.removeFirst();
        }
    }

    private void begin(Instant now) {
        current.clear();
        distinct.nextPane();
        paneBegan = now;
    }

    private void collect(Instant now) {
        reference.add(current);
        lived++;
        if (lived >= settings.baselinePanes() && reference.texts() >= settings.baselineTexts()) {
            phase = Phase.WATCHING;
            frozen = now;
        }
    }

    private void look(Instant now) {
        compare();
        for (Shift shift : shifts) {
            double limit = limit(shift.of());
            Alarm standing = alarms.get(shift.of());
            if (standing == null && shift.effect() >= limit && shift.p() <= settings.mostP()) {
                alarms.put(shift.of(), new Alarm(shift.of(), shift.effect(), windowTexts, now));
            } else if (standing != null && (shift.effect() < ENDS_BELOW * limit || shift.p() > ENDS_ABOVE)) {
                alarms.remove(shift.of());
                ended = standing;
                until = now;
            }
        }
    }

    /** The least effect of a statistic that is drift. */
    private double limit(String of) {
        return of.equals(Shift.LABELS) ? settings.minLabelShift() : settings.minDistance();
    }

    /** The newest panes after the freezing that are enough, with the frozen baseline. */
    private void compare() {
        Tally window = new Tally(began.labels());
        Map<String, Integer> mix = new LinkedHashMap<>();
        int taken = 0;
        for (Iterator<Pane> newest = panes.descendingIterator(); newest.hasNext() && !enough(taken, window); ) {
            Pane pane = newest.next();
            if (!pane.watched()) {
                break;
            }
            window.add(pane.tally());
            pane.mix().forEach((source, texts) -> mix.merge(source, texts, Integer::sum));
            taken++;
        }
        windowTexts = window.texts();
        List<Shift> found = new ArrayList<>();
        if (enough(taken, window)) {
            Difference labels = ChiSquare.between(reference.labels(mix), Shares.of(window.labels()));
            found.add(new Shift(Shift.LABELS, labels.effect(), labels.p()));
            for (Signal signal : Signal.values()) {
                Shares now = Shares.of(window.bins(signal));
                Shares before = reference.of(signal, mix);
                if (now.texts() > 0 && before.texts() > 0) {
                    Difference distance = KolmogorovSmirnov.between(before, now);
                    found.add(new Shift(signal.wireName(), distance.effect(), distance.p()));
                }
            }
        }
        shifts = List.copyOf(found);
    }

    private boolean enough(int taken, Tally window) {
        return taken >= DriftSettings.PANES && window.texts() >= settings.windowTexts();
    }

    /** What was counted lately, frozen or not: a window's time and the pane that runs. */
    private Tally recent() {
        Tally recent = new Tally(began.labels());
        current.values().forEach(recent::add);
        int taken = 0;
        for (Iterator<Pane> newest = panes.descendingIterator(); newest.hasNext() && taken < DriftSettings.PANES; ) {
            recent.add(newest.next().tally());
            taken++;
        }
        return recent;
    }

    /** @param shipped the task's own baseline; null where it ships none */
    public Standing standing(@Nullable Tally shipped) {
        Tally recent = recent();
        List<Shift> gap = new ArrayList<>();
        if (shipped != null && recent.texts() >= LEAST_TEXTS_OF_A_GAP) {
            Difference labels = ChiSquare.between(Shares.of(shipped.labels()), Shares.of(recent.labels()));
            gap.add(new Shift(Shift.LABELS, labels.effect(), labels.p()));
            for (Signal signal : Signal.values()) {
                Shares desk = Shares.of(shipped.bins(signal));
                Shares here = Shares.of(recent.bins(signal));
                if (desk.texts() > 0 && here.texts() > 0) {
                    Difference distance = KolmogorovSmirnov.between(desk, here);
                    gap.add(new Shift(signal.wireName(), distance.effect(), distance.p()));
                }
            }
        }
        return new Standing(
                phase,
                frozen,
                Math.min(
                        1,
                        Math.min(
                                (double) lived / settings.baselinePanes(),
                                (double) reference.texts() / settings.baselineTexts())),
                reference.all(),
                recent,
                windowTexts,
                shifts,
                gap,
                List.copyOf(alarms.values()),
                ended,
                until,
                accepted);
    }

    /** All that is to be kept, as it is now; nothing of it changes later. */
    public WatchState state() {
        Map<String, Tally> running = new LinkedHashMap<>();
        current.forEach((source, tally) -> running.put(source, tally.copy()));
        Map<String, Tally> baseline = new LinkedHashMap<>();
        reference.bySource().forEach((source, tally) -> baseline.put(source, tally.copy()));
        return new WatchState(
                task(),
                digest(),
                began.labels(),
                phase,
                paneBegan,
                running,
                lived,
                baseline,
                frozen,
                List.copyOf(panes),
                List.copyOf(alarms.values()),
                ended,
                until,
                accepted);
    }
}
