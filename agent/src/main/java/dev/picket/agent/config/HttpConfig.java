package dev.picket.agent.config;

import java.net.InetAddress;
import java.util.List;

/**
 * The local page, health and metrics.
 *
 * @param host the address to listen on; anything but loopback must be asked for
 * @param port 0 chooses a free one
 * @param names other names under which the page is reached, where it does not listen on loopback
 * @param maxStreams how many pages may follow live verdicts at once
 * @param asksPerSecond how many texts a second may be classified by hand, by command line, page and programs together
 */
public record HttpConfig(
        @Default("127.0.0.1") String host,
        @Default("8484") @Range(max = 65_535) int port,
        List<String> names,
        @Default("16") @Range(min = 1, max = 1_000) int maxStreams,
        @Default("50") @Range(min = 1, max = 10_000) int asksPerSecond) {
    /** Whether only this machine can reach the page. A name other than localhost may mean any machine. */
    public boolean onLoopback() {
        try {
            return host.equals("localhost") || InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
