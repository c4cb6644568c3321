package dev.picket.ota.tuf;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Whether enough of a role's keys signed: specification 5, "verify with a threshold of keys". */
final class Signatures {
    private Signatures() {}

    /**
     * Counts each key once, under whatever ids and in whatever forms it is listed.
     *
     * @throws RejectedException UNSIGNED, WRONG_KEY or TAMPERED, when fewer than the threshold verify
     */
    static void verify(String name, Signed<?> file, Map<String, Key> keys, Role.RoleKeys role)
            throws RejectedException {
        Set<String> valid = new HashSet<>();
        boolean known = false;
        boolean broken = false;
        for (Map.Entry<String, byte[]> each : file.signatures().entrySet()) {
            Key key = role.keyIds().contains(each.getKey()) ? keys.get(each.getKey()) : null;
            if (key == null) {
                continue;
            }
            known = true;
            if (key.verifies(file.message(), each.getValue())) {
                valid.add(key.identity());
            } else {
                broken = true;
            }
        }
        if (valid.size() >= role.threshold()) {
            return;
        }
        int given = file.signatures().size();
        String counts = " (" + given + " given, " + valid.size() + " valid, " + role.threshold() + " needed)";
        if (given == 0) {
            throw new RejectedException(Reason.UNSIGNED, name + " is not signed" + counts + ".");
        } else if (!known) {
            throw new RejectedException(
                    Reason.WRONG_KEY, name + " is signed by no key that is trusted for it" + counts + ".");
        } else if (broken) {
            throw new RejectedException(Reason.TAMPERED, name + " was changed after it was signed" + counts + ".");
        }
        throw new RejectedException(Reason.UNSIGNED, name + " has too few signatures" + counts + ".");
    }
}
