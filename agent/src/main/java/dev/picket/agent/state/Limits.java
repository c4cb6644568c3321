package dev.picket.agent.state;

/**
 * How much is remembered.
 *
 * @param commands replies of commands and of jobs
 * @param tokens signed commands that have not expired
 * @param feedback verdicts with a right label
 */
public record Limits(int commands, int tokens, int feedback) {
    /** The same number of each. */
    public static Limits of(int each) {
        return new Limits(each, each, each);
    }
}
