package dev.picket.agent.http;

/**
 * What the command line shows to the agent; made anew at each start.
 *
 * @param value 256 random bits, hex
 */
public record Token(String value) {
    @Override
    public String toString() {
        return "Token[hidden]";
    }
}
