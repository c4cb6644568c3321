package dev.picket.agent.uplink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * Whether the console is there to take rows: where the gateway is told to wait for it, they wait until the retained
 * {@code picket/v1/console/status} says {@code {"online":true}}. Each connection hears it anew, so nothing is remembered
 * that may have changed meanwhile.
 */
public final class ConsoleGate {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final boolean wanted;
    private volatile boolean online;
    private volatile Runnable onOpen = () -> {};

    public ConsoleGate(boolean wanted) {
        this.wanted = wanted;
    }

    /** What runs when the console comes, on the link's thread: it wakes somebody and returns. */
    public void onOpen(Runnable listener) {
        onOpen = listener;
    }

    boolean wanted() {
        return wanted;
    }

    void newConnection() {
        online = false;
    }

    /** Anything but a status that says online is none: a cleared topic, a Will, what is no JSON. */
    void heard(byte[] status) {
        online = saysOnline(status);
        if (online) {
            onOpen.run();
        }
    }

    boolean isOpen() {
        return !wanted || online;
    }

    private static boolean saysOnline(byte[] status) {
        try {
            JsonNode said = JSON.readTree(status);
            return said != null && said.path("online").asBoolean();
        } catch (IOException e) {
            return false;
        }
    }
}
