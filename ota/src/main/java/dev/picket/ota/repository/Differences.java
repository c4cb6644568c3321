package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Hashes;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a signer is asked to agree to, in lines: {@code +} new, {@code -} gone, {@code ~} changed. */
final class Differences {
    private Differences() {}

    static List<String> ofRoots(Optional<RootFile> known, RootFile after) {
        RootFile before = known.orElseGet(RootFile::empty);
        List<String> lines = new ArrayList<>();
        for (String role : RootFile.ROLES) {
            Set<String> old = new TreeSet<>(before.ids(role));
            Set<String> now = new TreeSet<>(after.ids(role));
            now.stream()
                    .filter(each -> !old.contains(each))
                    .forEach(each -> lines.add("  + key of " + role + " " + each));
            old.stream()
                    .filter(each -> !now.contains(each))
                    .forEach(each -> lines.add("  - key of " + role + " " + each));
            if (before.threshold(role) != after.threshold(role)) {
                lines.add("  ~ signatures that " + role + " needs: " + before.threshold(role) + " -> "
                        + after.threshold(role));
            }
        }
        if (lines.isEmpty()) {
            lines.add("  the same keys for a longer time");
        }
        return lines;
    }

    static Set<String> changedPaths(Optional<SignedFile> before, SignedFile after) {
        Set<String> changed = new TreeSet<>();
        JsonNode old = targets(before);
        JsonNode now = after.signed().path("targets");
        old.fieldNames().forEachRemaining(changed::add);
        now.fieldNames().forEachRemaining(changed::add);
        changed.removeIf(path -> old.has(path) && old.get(path).equals(now.get(path)));
        return changed;
    }

    /**
     * Compares two targets files.
     *
     * @param files texts of targets, believed when they have the hash that is signed
     */
    static List<String> ofTargets(Optional<SignedFile> before, SignedFile after, Map<String, String> files)
            throws RejectedException {
        List<String> lines = ofTeams(before.isPresent() ? Teams.of(before.get()) : Teams.none(), Teams.of(after));
        JsonNode old = targets(before);
        JsonNode now = after.signed().path("targets");
        for (String path : changedPaths(before, after)) {
            String sign = !now.has(path) ? "-" : old.has(path) ? "~" : "+";
            lines.add("  " + sign + " " + path + said(now, path, files.get(path)));
        }
        lines.add("  " + now.size() + " targets in all"
                + before.map(each -> ", compared with " + each.name()).orElse("")
                + (lines.isEmpty() ? "; the same for a longer time" : ""));
        return lines;
    }

    private static List<String> ofTeams(Teams before, Teams after) {
        List<String> lines = new ArrayList<>();
        Map<String, String> old = said(before);
        Map<String, String> now = said(after);
        Set<String> names = new TreeSet<>(old.keySet());
        names.addAll(now.keySet());
        for (String team : names) {
            String sign = !now.containsKey(team) ? "-" : old.containsKey(team) ? "~" : "+";
            if (!Objects.equals(old.get(team), now.get(team))) {
                lines.add("  " + sign + " team " + team + now.getOrDefault(team, ""));
            }
        }
        return lines;
    }

    /** Each team with all that it is. */
    private static Map<String, String> said(Teams teams) {
        return teams.roles().stream()
                .collect(Collectors.toMap(
                        team -> team,
                        team -> " may release " + String.join(", ", teams.paths(team)) + ", signed by "
                                + teams.threshold(team) + " of " + String.join(", ", teams.ids(team))));
    }

    private static JsonNode targets(Optional<SignedFile> file) {
        return file.map(each -> each.signed().path("targets")).orElse(StrictJson.object());
    }

    private static String said(JsonNode targets, String path, @Nullable String text) {
        if (!targets.has(path)) {
            return "";
        }
        byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        if (!Contents.sha256(targets, path).orElse("").equals(Hashes.sha256(bytes))) {
            return ": its text was not brought along";
        }
        try {
            ObjectNode json = StrictJson.parse(path, bytes).node();
            return switch (path.substring(0, path.indexOf('/') + 1)) {
                case "channels/" -> " names " + json.path("set").asText();
                case "releases/" ->
                    " version " + json.path("version").asText() + ", "
                            + json.path("bytes").asLong() + " bytes, digest "
                            + json.path("digest").asText();
                case "sets/" -> " holds " + String.join(", ", members(json));
                default -> path.equals("picket/command-keys.json") ? " lets order: " + holders(json) : "";
            };
        } catch (RejectedException e) {
            return ": " + e.getMessage();
        }
    }

    private static List<String> members(ObjectNode set) {
        List<String> members =
                new ArrayList<>(List.of(set.path("base").path("release").asText()));
        set.path("tasks").forEach(each -> members.add(each.path("release").asText()));
        return members;
    }

    private static String holders(ObjectNode jwks) {
        List<String> holders = new ArrayList<>();
        jwks.path("keys")
                .forEach(each -> holders.add(each.path("kid").asText() + " ("
                        + each.path("x").asText() + ": " + each.path("verbs") + " at " + each.path("sites") + ")"));
        return holders.isEmpty() ? "nobody" : String.join("; ", holders);
    }
}
