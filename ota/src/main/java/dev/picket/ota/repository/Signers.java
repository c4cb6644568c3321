package dev.picket.ota.repository;

import dev.picket.ota.tuf.Key;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who signs a role, as one root says.
 *
 * @param keys by key id
 * @param threshold how many of them must sign
 */
record Signers(String role, Map<String, Key> keys, int threshold) {
    Signers {
        keys = Map.copyOf(keys);
    }

    Set<String> ids() {
        return keys.keySet();
    }

    /** The keys of it that signed the file, as it is now. */
    Set<String> valid(SignedFile file) {
        byte[] message = file.message();
        return file.signatures().entrySet().stream()
                .filter(each -> verifies(each.getKey(), message, each.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** How many signatures the file still needs; 0 when it has enough. */
    int missing(SignedFile file) {
        return Math.max(0, threshold - valid(file).size());
    }

    /** Those of it that have not signed yet, in the order of their ids. */
    List<String> outstanding(SignedFile file) {
        Set<String> valid = valid(file);
        return ids().stream().filter(each -> !valid.contains(each)).sorted().toList();
    }

    private boolean verifies(String id, byte[] message, String signature) {
        Key key = keys.get(id);
        try {
            return key != null && key.verifies(message, HexFormat.of().parseHex(signature));
        } catch (IllegalArgumentException _) {
            // What is no hex is no signature.
            return false;
        }
    }
}
