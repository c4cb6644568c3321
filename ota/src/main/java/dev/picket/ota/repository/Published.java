package dev.picket.ota.repository;

import java.util.List;
import java.util.Map;

/**
 * What a publication did.
 *
 * @param versions that gateways find now, by role
 * @param notes what a person should know: of files that expire soon, of keys that were not at hand
 */
public record Published(Map<String, Long> versions, List<String> notes) {
    public Published {
        versions = Map.copyOf(versions);
        notes = List.copyOf(notes);
    }
}
