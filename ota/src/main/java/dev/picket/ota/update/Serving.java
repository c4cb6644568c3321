package dev.picket.ota.update;

import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.store.FileStore;
import dev.picket.ota.store.SetFolder;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets the active Set serve, or while it cannot be loaded the newest one before it that can. */
final class Serving {
    private static final Logger log = LoggerFactory.getLogger(Serving.class);

    private final Trial trial;
    private final FileStore store;
    private final Errands errands;
    private volatile String damage = "";

    Serving(Trial trial, FileStore store, Errands errands) {
        this.trial = trial;
        this.store = store;
        this.errands = errands;
    }

    /** Why the active Set cannot be loaded, from any thread; empty while it can. */
    Optional<String> damage() {
        return Optional.of(damage).filter(each -> !each.isEmpty());
    }

    /** The active Set was loaded otherwise. */
    void isSound() {
        damage = "";
    }

    void active(UpdateState state) throws InterruptedException {
        damage = "";
        try {
            trial.switchTo(folder(state.active()));
        } catch (RejectedException e) {
            damage = String.valueOf(e.getMessage());
            log.error("The last good Set cannot be loaded: {}", damage);
            previous(state);
        }
    }

    /**
     * Brings back the bytes of an active Set that rotted on the disk. Its hashes were trusted when it was installed, so
     * it needs no channel that still names it, and no exam.
     *
     * @param by what it is done for: an order that goes before that ends it
     */
    void repair(UpdateState state, Wishes.Wanted by) throws UnavailableException, InterruptedException {
        InstalledSet active = state.active();
        if (damage.isEmpty() || active == null) {
            return;
        }
        try {
            errands.prepare(by, () -> {
                store.fetch(active, bytes -> {});
                return active;
            });
            store.materialise(active);
            active(state);
        } catch (RejectedException e) {
            log.error("Set {} cannot be repaired: {}", active.label(), e.getMessage());
        } catch (IOException e) {
            throw new UnavailableException("Set " + active.label() + " cannot be stored: " + e.getMessage() + ".", e);
        }
    }

    private void previous(UpdateState state) throws InterruptedException {
        for (InstalledSet each : state.previous()) {
            try {
                trial.switchTo(store.folder(each));
                log.warn("Set {} serves until the last good one is repaired", each.label());
                return;
            } catch (RejectedException e) {
                log.error("Nor can Set {} be loaded: {}", each.label(), e.getMessage());
            }
        }
        nothing();
    }

    private void nothing() throws InterruptedException {
        try {
            trial.switchTo(null);
        } catch (RejectedException e) {
            throw new IllegalStateException("Serving nothing cannot be refused.", e);
        }
    }

    private @Nullable SetFolder folder(@Nullable InstalledSet set) {
        return set == null ? null : store.folder(set);
    }
}
