package dev.picket.agent.update;

import dev.picket.ota.RejectedException;
import dev.picket.ota.store.SetFolder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads a Set on another base than the one that serves.
 *
 * <pre>
 *   two bases fit   the new one is loaded beside the old, which answers until the switch
 *   they do not     the old one stops -> its last run ends, its memory is freed -> the new one is loaded -> it serves
 *                                                                     fails -> the old one is loaded again and serves
 * </pre>
 *
 * While nothing serves, texts wait in their sources and none fails. A crash in between finds the same Set named as before
 * on the disk, so the next start loads one of the two.
 */
final class BaseSwap {
    private static final Logger log = LoggerFactory.getLogger(BaseSwap.class);
    private static final Duration LOOK = Duration.ofMillis(20);

    private final ServingSet serving;
    private final Room room;
    private final Pace pace;
    private final Duration leavesWithin;

    /** @param leavesWithin how long running texts are waited for before a base is loaded in their base's place */
    BaseSwap(ServingSet serving, Room room, Pace pace, Duration leavesWithin) {
        this.serving = serving;
        this.room = room;
        this.pace = pace;
        this.leavesWithin = leavesWithin;
    }

    /** Loads a Set from its folder. */
    interface Loading {
        /** @param sharing a Set in memory whose base and tasks are used where they are the same */
        LoadedSet load(SetFolder set, @Nullable LoadedSet sharing) throws RejectedException;
    }

    boolean fits(SetFolder set) {
        return room.fits(set.set().baseBytes());
    }

    /**
     * Loads a Set beside the one that serves, or in its place.
     *
     * @throws RejectedException when it cannot be loaded; what served before serves, unless its own files have rotted
     */
    LoadedSet besideOrInstead(SetFolder set, @Nullable LoadedSet now, Loading loading)
            throws RejectedException, InterruptedException {
        if (now == null || sameBase(now, set) || fits(set)) {
            return loading.load(set, now);
        }
        SetFolder last = now.folder();
        Watch watch = serving.watch().orElseGet(Watch::new);
        log.info(
                "Set {} is loaded in place of {}: there is no memory for two bases",
                set.set().label(),
                last.set().label());
        makeWay("a base is being loaded, and there is no memory for two");
        boolean loaded = false;
        try {
            LoadedSet next = loading.load(set, null);
            loaded = true;
            return next;
        } finally {
            if (!loaded) {
                again(last, watch, loading);
            }
        }
    }

    /** Lets what serves go, and waits until its memory is free; for nothing longer than told, then goes on. */
    void makeWay(String why) throws InterruptedException {
        LoadedSet now = serving.loaded();
        serving.stop(why);
        if (now == null) {
            return;
        }
        long end = pace.nanos() + leavesWithin.toNanos();
        while (!now.isFreed() && pace.nanos() < end) {
            pace.sleep(LOOK);
        }
        if (!now.isFreed()) {
            log.warn(
                    "The base of Set {} has not left memory within {} s; the next one is loaded beside it",
                    now.folder().set().label(),
                    leavesWithin.toSeconds());
        }
    }

    /** What kept the new one from loading is what the caller hears; that the old one fails, too, is said here. */
    private void again(SetFolder last, Watch watch, Loading loading) {
        try {
            serving.switchTo(loading.load(last, null), watch);
            log.warn("Set {} serves again", last.set().label());
        } catch (RejectedException e) {
            serving.stop("Set " + last.set().label() + " cannot be loaded again");
            log.error("Set {} cannot be loaded again either: {}", last.set().label(), e.getMessage());
        }
    }

    /** With a first stage, both. */
    static boolean sameBase(LoadedSet now, SetFolder set) {
        return now.hasBasesOf(set.set());
    }
}
