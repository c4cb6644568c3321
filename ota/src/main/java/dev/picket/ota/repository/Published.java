package dev.picket.ota.repository;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a publication did.
 *
 * @param versions that gateways find now, by role: root, targets, teams, snapshot, timestamp
 * @param notes what a person should know: of files that expire soon, of keys that were not at hand
 */
public record Published(Map<String, Long> versions, List<String> notes) {
    public Published {
        versions = Collections.unmodifiableMap(new LinkedHashMap<>(versions));
        notes = List.copyOf(notes);
    }
}
