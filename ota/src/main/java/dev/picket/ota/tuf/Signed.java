package dev.picket.ota.tuf;

import java.util.Map;

/** A metadata file as read: its role, the canonical bytes that are signed, the signatures by key id. */
final class Signed<R extends Role> {
    private final R role;
    private final byte[] message;
    private final Map<String, byte[]> signatures;

    Signed(R role, byte[] message, Map<String, byte[]> signatures) {
        this.role = role;
        this.message = message;
        this.signatures = Map.copyOf(signatures);
    }

    R role() {
        return role;
    }

    byte[] message() {
        return message;
    }

    Map<String, byte[]> signatures() {
        return signatures;
    }
}
