package dev.picket.agent.state;

import java.time.Instant;

/**
 * How far the memory of signed commands reaches. A token that it does not cover may have been taken before, so it is not
 * taken at all.
 *
 * @param since tokens issued before this are not known: the file was made anew then
 * @param forgottenThrough tokens that expire at this or before are not known: they were forgotten
 */
public record Memory(Instant since, Instant forgottenThrough) {
    public static final Memory WHOLE = new Memory(Instant.EPOCH, Instant.EPOCH);
}
