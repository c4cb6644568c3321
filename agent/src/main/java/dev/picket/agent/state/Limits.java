package dev.picket.agent.state;

/**
 * How much is remembered.
 *
 * @param commands replies of commands and of jobs; of commands that nobody signed a quarter of it
 * @param tokens signed commands that have not expired
 * @param feedback verdicts with a right label
 */
public record Limits(int commands, int tokens, int feedback) {
    int unsigned() {
        return Math.max(1, commands / 4);
    }

    /** The same number of each. */
    public static Limits of(int each) {
        return new Limits(each, each, each);
    }
}
