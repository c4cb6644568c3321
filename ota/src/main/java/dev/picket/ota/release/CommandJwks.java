package dev.picket.ota.release;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who may order gateways about: the target {@link #PATH}, a JWKS. It counts only where the top-level targets role lists it.
 *
 * @param keys those that can be used
 * @param others how many there are of kinds unknown here, which are skipped as RFC 7517 asks
 */
public record CommandJwks(List<CommandJwk> keys, int others) {
    public static final String PATH = "picket/command-keys.json";
    /** The largest document. */
    public static final int MAX_BYTES = 1 << 18;

    /** The most keys. */
    public static final int MOST_KEYS = 256;

    public CommandJwks {
        keys = List.copyOf(keys);
    }

    /** The key that a command's header names. */
    public Optional<CommandJwk> find(String kid) {
        return keys.stream().filter(each -> each.kid().equals(kid)).findFirst();
    }

    /**
     * Reads the document.
     *
     * @param what names it in messages
     * @throws RejectedException MALFORMED, with the field
     */
    public static CommandJwks parse(String what, byte[] bytes) throws RejectedException {
        if (bytes.length > MAX_BYTES) {
            throw new RejectedException(
                    Reason.TOO_LARGE, what + " has " + bytes.length + " bytes; the limit is " + MAX_BYTES + ".");
        }
        Fields fields = StrictJson.parse(what, bytes);
        List<CommandJwk> keys = new ArrayList<>();
        Set<String> kids = new HashSet<>();
        Set<String> values = new HashSet<>();
        int others = 0;
        for (Fields each : fields.objects("keys", MOST_KEYS)) {
            if (!CommandJwk.isOurKind(each)) {
                others++;
                continue;
            }
            CommandJwk key = CommandJwk.parse(each);
            if (!kids.add(key.kid())) {
                throw each.fault("kid", "one that no key before it has");
            }
            if (!values.add(key.publicHex())) {
                throw each.fault("x", "another key than those before it");
            }
            keys.add(key);
        }
        return new CommandJwks(keys, others);
    }

    /** The document that {@link #parse} reads. */
    public ObjectNode toJson() {
        ObjectNode json = StrictJson.object();
        ArrayNode array = json.putArray("keys");
        keys.forEach(each -> array.add(each.toJson()));
        return json;
    }
}
