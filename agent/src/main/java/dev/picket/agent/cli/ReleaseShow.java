package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.repository.Inventory;
import dev.picket.ota.repository.Repository;
import dev.picket.ota.repository.Validity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says what is in a repository. */
@Command(
        name = "show",
        description = "Say what is in a repository: roles, teams, keys, releases, Sets, channels, and what waits.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReleaseShow implements Callable<Integer> {
    @Mixin
    private ReleaseOptions options = new ReleaseOptions();

    @Override
    public Integer call() throws CommandFailure {
        Repository repository = options.open();
        ObjectNode json = ReleaseOptions.run(() -> Inventory.of(repository, Validity.DEFAULT, Instant.now()));
        options.print(json, lines(json));
        return ExitCode.OK;
    }

    private static List<String> lines(ObjectNode json) {
        List<String> lines = new ArrayList<>();
        json.get("roles").forEach(role -> lines.addAll(role(role, text(role, "role"))));
        for (JsonNode team : json.get("teams")) {
            List<String> paths = new ArrayList<>();
            team.get("paths").forEach(each -> paths.add(each.asText()));
            lines.addAll(role(team, "team " + text(team, "role")));
            lines.add("  may release " + String.join(", ", paths));
        }
        json.get("releases")
                .forEach(each -> lines.add(text(each, "path") + " version " + text(each, "version") + ", "
                        + text(each, "bytes") + " bytes, digest " + text(each, "digest") + by(text(each, "role"))));
        for (JsonNode set : json.get("sets")) {
            List<String> tasks = new ArrayList<>();
            set.get("tasks").forEach(each -> tasks.add(each.asText()));
            lines.add(text(set, "path") + " holds " + text(set, "base") + (tasks.isEmpty() ? "" : ", ")
                    + String.join(", ", tasks));
        }
        json.get("channels")
                .forEach(each -> lines.add("channel " + text(each, "name") + " names " + text(each, "set")));
        json.get("commandKeys")
                .forEach(each -> lines.add(
                        "command key " + text(each, "kid") + " may " + each.get("verbs") + " at " + each.get("sites")));
        json.get("unpublished").forEach(each -> lines.add("not published yet: " + each.asText()));
        json.get("waiting")
                .forEach(each -> lines.add(text(each, "file")
                        + (text(each, "needs").isEmpty()
                                ? " has all its signatures"
                                : " needs " + text(each, "needs"))));
        return lines;
    }

    private static List<String> role(JsonNode role, String name) {
        String version = role.has("version")
                ? " " + text(role, "version") + ", good until " + text(role, "expires")
                : ", not signed yet";
        List<String> lines = new ArrayList<>();
        lines.add(name + version + "; needs " + text(role, "threshold") + " of these keys:");
        role.get("keys").forEach(key -> lines.add("  " + text(key, "id") + " " + text(key, "type")));
        return lines;
    }

    private static String by(String role) {
        return role.equals("targets") ? "" : ", by team " + role;
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asText();
    }
}
