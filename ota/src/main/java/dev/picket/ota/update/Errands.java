package dev.picket.ota.update;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the network on the updater's thread, one {@link Errand} at a time, as long as nobody wants something else. The
 * wishes come from any thread.
 */
final class Errands {
    final Wishes wishes = new Wishes();
    private volatile @Nullable Errand<?> underWay;
    private volatile BooleanSupplier unwanted = () -> false;

    /** See {@link Updater#recall}. */
    void recall(String order, String from) {
        wishes.recall(order, from);
        endUnwanted();
    }

    /** See {@link Updater#withdraw}. */
    void withdraw(String order) {
        wishes.withdraw(order);
        endUnwanted();
    }

    /** See {@link Updater#goesNext}. */
    void goesNext(String set, boolean beforeOrders) {
        wishes.next(set, beforeOrders);
        endUnwanted();
    }

    /** Brings what the update of that state needs: an order that ends it ends this within one read. */
    <T> T bring(Supplier<UpdateState> state, Errand.Work<T> work)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        try {
            return run(work, () -> wishes.end(state.get()));
        } catch (CutInException e) {
            wishes.check(state.get());
            throw e;
        }
    }

    /** Does what only prepares something; an order that goes before that ends it, and so does taking back its own. */
    <T> T prepare(Wishes.Wanted by, Errand.Work<T> work)
            throws RejectedException, UnavailableException, InterruptedException {
        try {
            return run(work, () -> wishes.goBefore(by));
        } catch (CutInException e) {
            if (wishes.isTakenBack(by.order())) {
                throw new RejectedException(Reason.ORDERED, "The order was taken back before it was begun.");
            }
            throw e;
        } catch (IOException e) {
            throw new UnavailableException("The update cannot be prepared: " + e.getMessage() + ".", e);
        }
    }

    private <T> T run(Errand.Work<T> work, BooleanSupplier ends)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        Errand<T> errand = Errand.begin(work);
        try (errand) {
            unwanted = ends;
            underWay = errand;
            endUnwanted();
            return errand.end();
        } catch (RejectedException | UnavailableException | IOException | InterruptedException e) {
            if (errand.wasCut()) {
                throw new CutInException();
            }
            throw e;
        } finally {
            underWay = null;
        }
    }

    /** After each wish: either this or {@link #run} sees both the wish and the errand. */
    private void endUnwanted() {
        Errand<?> errand = underWay;
        if (errand != null && unwanted.getAsBoolean()) {
            errand.cut();
        }
    }
}
