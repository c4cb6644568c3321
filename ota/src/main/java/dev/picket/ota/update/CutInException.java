package dev.picket.ota.update;

import dev.picket.ota.UnavailableException;

/** Something that was only begun made way for an order; whoever wants it asks again. */
final class CutInException extends UnavailableException {
    private static final long serialVersionUID = 1L;

    CutInException() {
        super("Another order goes first.");
    }
}
