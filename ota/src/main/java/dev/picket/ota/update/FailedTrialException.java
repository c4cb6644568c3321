package dev.picket.ota.update;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;

/** A part of the trial was held and failed, with all that was measured until then. */
public final class FailedTrialException extends RejectedException {
    private static final long serialVersionUID = 1L;

    private final transient Finding finding;

    /**
     * Makes a failure.
     *
     * @param finding its sentence is the message
     */
    public FailedTrialException(Reason reason, Finding finding) {
        super(reason, finding.sentence());
        this.finding = finding;
    }

    /** What was measured. */
    public Finding finding() {
        return finding;
    }
}
