package dev.picket.ota.update;

import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.store.SetFolder;
import org.jspecify.annotations.Nullable;

/**
 * What a Set must pass on the device, and the switch itself. All calls come from one thread, one after the other; each
 * may come again after a restart.
 */
public interface Trial {
    /**
     * What a part of the trial found.
     *
     * @param skipped whether it was not held
     * @param sentence its numbers, or why it was skipped
     */
    record Finding(boolean skipped, String sentence) {}

    /**
     * Examines a staged Set beside the one that serves.
     *
     * @param incumbent null at the first install
     * @throws RejectedException EXAM_FAILED, with the gate and its numbers, or why the Set cannot be loaded
     * @throws UnavailableException when the exam cannot be held now; it is tried again at the next poll
     */
    Finding examine(SetFolder candidate, @Nullable SetFolder incumbent)
            throws RejectedException, UnavailableException, InterruptedException;

    /**
     * Lets the candidate answer live readings beside the incumbent, counted only.
     *
     * @throws RejectedException SHADOW_FAILED
     */
    Finding shadow(SetFolder candidate, @Nullable SetFolder incumbent) throws RejectedException, InterruptedException;

    /**
     * Makes the Set serve from the next text on; does nothing when it serves already.
     *
     * @param set null: nothing serves from now on
     * @throws RejectedException when it cannot be loaded; what served before goes on
     */
    void switchTo(@Nullable SetFolder set) throws RejectedException, InterruptedException;

    /**
     * Watches the serving Set for a time.
     *
     * @param recall asked every few seconds meanwhile at least; throws where people want the Set back
     * @throws RejectedException PROBATION_FAILED, or what {@code recall} threw
     */
    Finding probation(SetFolder set, Recall recall) throws RejectedException, InterruptedException;

    /** Whether people have ordered that the Set is taken back. */
    @FunctionalInterface
    interface Recall {
        void check() throws RejectedException;
    }
}
