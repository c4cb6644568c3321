package dev.picket.ota.update;

import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.store.SetFolder;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a Set must pass on the device, and the switch itself. All calls come from one thread, one after the other; each
 * may come again after a restart.
 */
public interface Trial {
    /**
     * Examines a staged Set beside the one that serves.
     *
     * @param incumbent null at the first install
     * @throws RejectedException EXAM_FAILED, with the gate and its numbers, or why the Set cannot be loaded; or what
     *     {@code recall} threw
     * @throws UnavailableException when the exam cannot be held now; it is tried again at the next poll
     */
    Finding examine(SetFolder candidate, @Nullable SetFolder incumbent, Recall recall)
            throws RejectedException, UnavailableException, InterruptedException;

    /**
     * Lets the candidate answer live readings beside the incumbent, counted only.
     *
     * @return HELD where it is to go on at the next poll
     * @throws RejectedException SHADOW_FAILED, or what {@code recall} threw
     */
    Finding shadow(SetFolder candidate, @Nullable SetFolder incumbent, Recall recall)
            throws RejectedException, InterruptedException;

    /** Lets go of a candidate that is not switched to; does nothing where there is none. */
    void release();

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
     * @throws RejectedException PROBATION_FAILED, or what the probation's {@code check} threw
     * @throws UnavailableException when how far it has come cannot be saved
     */
    Finding probation(SetFolder set, Probation probation)
            throws RejectedException, UnavailableException, InterruptedException;

    /** Whether people have ordered that the Set is taken back; asked every few seconds at least in all that lasts. */
    @FunctionalInterface
    interface Recall {
        /** Throws where they have. */
        void check() throws RejectedException;
    }

    /** What a probation knows of the trial before it and of itself before a restart. */
    interface Probation extends Recall {
        /** What exam and shadow found. */
        List<Finding> findings();

        /** What was saved last; empty at its first begin. */
        Optional<Watched> watched();

        /** Saves how far it has come. */
        void save(Watched now) throws UnavailableException;
    }
}
