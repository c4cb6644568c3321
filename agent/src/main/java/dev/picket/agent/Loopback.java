package dev.picket.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the page listens on a machine that has IPv6 alone: the address of the loopback that a configuration takes for granted is not there. */
final class Loopback {
    private static final Logger LOG = LoggerFactory.getLogger(Loopback.class);
    private static final String FOUR = "127.0.0.1";
    private static final String SIX = "::1";

    private Loopback() {}

    /** The host as configured, or IPv6's loopback where that is meant and there is no other. */
    static String of(String host) {
        if (!host.equals(FOUR) || hasAddress(FOUR) || !hasAddress(SIX)) {
            return host;
        }
        LOG.warn("This machine has no {}, so the page listens on [{}]; set http.host to say so", FOUR, SIX);
        return SIX;
    }

    private static boolean hasAddress(String literal) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(literal), 0));
            return true;
        } catch (IOException e) {
            LOG.debug("{} cannot be listened on", literal, e);
            return false;
        }
    }
}
