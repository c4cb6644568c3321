package dev.picket.ota.repository;

import dev.picket.ota.RejectedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Where private keys are: a {@link KeyFolder}, a {@link TokenKeys}, or several of them. */
@FunctionalInterface
public interface SigningKeys {
    /** For what needs no key. */
    SigningKeys NONE = _ -> List.of();

    /**
     * Opens those of its keys whose ids are wanted, and no others.
     *
     * @throws RejectedException when one is here and cannot be opened
     */
    List<SigningKey> find(Set<String> keyIds) throws RejectedException, IOException;

    /** Asks one after the other for what those before it did not have. */
    static SigningKeys of(List<SigningKeys> all) {
        List<SigningKeys> sources = List.copyOf(all);
        return keyIds -> {
            List<SigningKey> found = new ArrayList<>();
            Set<String> missing = new HashSet<>(keyIds);
            for (SigningKeys each : sources) {
                if (!missing.isEmpty()) {
                    List<SigningKey> here = each.find(missing);
                    found.addAll(here);
                    here.forEach(key -> missing.remove(key.id()));
                }
            }
            return found;
        };
    }
}
