package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.CommandJwk;
import dev.picket.ota.release.CommandJwks;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.ReleaseLimits;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What is in a repository, as JSON:
 *
 * <pre>
 *   {"repository",
 *    "roles":    [{"role","version","expires","threshold","keys":[{"id","type"}]}]
 *    "teams":    [{"role",… as above, "paths":[…]}]   who else releases bases and tasks
 *    "waiting":  [{"file","needs"}]               drafts, and what they still need
 *    "unpublished": [path…]                       targets that differ from those that are published
 *    "releases": [{"path","role","name","kind","counter","version","bytes","digest","base"}]
 *    "sets":     [{"path","base","tasks":[…]}]
 *    "channels": [{"name","set"}]
 *    "commandKeys": [{"kid","verbs":[…],"sites":[…]}]}
 * </pre>
 */
public final class Inventory {
    private Inventory() {}

    public static ObjectNode of(Repository repository, Validity validity, Instant now)
            throws RejectedException, IOException {
        Workspace space = repository.space();
        ObjectNode json = StrictJson.object().put("repository", space.folder().toString());
        RootFile root = space.root();
        Teams teams = space.contents().teams();
        ArrayNode roles = json.putArray("roles");
        for (String role : root.roles()) {
            roles.add(role(space, root, role));
        }
        ArrayNode delegated = json.putArray("teams");
        for (String team : teams.roles()) {
            ObjectNode entry = role(space, teams, team);
            teams.paths(team).forEach(entry.putArray("paths")::add);
            delegated.add(entry);
        }
        Waiting waiting = Waiting.of(space, validity, now);
        ArrayNode drafts = json.putArray("waiting");
        waiting.state()
                .forEach((name, lack) -> drafts.addObject().put("file", name).put("needs", lack));
        ArrayNode unpublished = json.putArray("unpublished");
        for (SignedFile each : waiting.targets()) {
            Differences.changedPaths(space.metadata().newest(each.role()), each).forEach(unpublished::add);
        }
        ArrayNode releases = json.putArray("releases");
        ArrayNode sets = json.putArray("sets");
        ArrayNode channels = json.putArray("channels");
        ArrayNode keys = json.putArray("commandKeys");
        for (String path : space.contents().paths()) {
            byte[] bytes = space.targets().read(path);
            if (path.startsWith("releases/")) {
                releases.add(release(Release.parse(path, bytes, ReleaseLimits.DEFAULT))
                        .put("role", space.contents().listedBy(path).orElseThrow()));
            } else if (path.startsWith("sets/")) {
                sets.add(set(path, StrictJson.parse(path, bytes).node()));
            } else if (path.startsWith("channels/")) {
                ObjectNode channel = StrictJson.parse(path, bytes).node();
                channels.addObject()
                        .put("name", channel.path("name").asText())
                        .put("set", channel.path("set").asText());
            } else if (path.equals(CommandJwks.PATH)) {
                CommandJwks.parse(path, bytes).keys().forEach(each -> keys.add(commandKey(each)));
            }
        }
        return json;
    }

    private static ObjectNode role(Workspace space, Keyring of, String role) throws RejectedException, IOException {
        Optional<SignedFile> file = role.equals("timestamp")
                ? space.metadata().timestamp()
                : space.metadata().newest(role);
        ObjectNode entry = StrictJson.object().put("role", role);
        file.ifPresent(each -> entry.put("version", each.version())
                .put("expires", each.expires().toString()));
        entry.put("threshold", of.threshold(role));
        ArrayNode keys = entry.putArray("keys");
        of.signers(role).keys().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(each -> keys.addObject()
                        .put("id", each.getKey())
                        .put("type", each.getValue().type()));
        return entry;
    }

    private static ObjectNode release(Release release) {
        ObjectNode json = StrictJson.object()
                .put("path", release.path())
                .put("kind", release.kind().wireName())
                .put("name", release.name())
                .put("counter", release.counter())
                .put("version", release.version())
                .put("bytes", release.bytes())
                .put("digest", release.digest());
        release.base().ifPresent(each -> json.put("base", each));
        return json;
    }

    private static ObjectNode set(String path, ObjectNode set) {
        ObjectNode json = StrictJson.object()
                .put("path", path)
                .put("base", set.path("base").path("release").asText());
        ArrayNode tasks = json.putArray("tasks");
        set.path("tasks").forEach(each -> tasks.add(each.path("release").asText()));
        return json;
    }

    private static ObjectNode commandKey(CommandJwk key) {
        ObjectNode json = StrictJson.object().put("kid", key.kid());
        ArrayNode verbs = json.putArray("verbs");
        key.verbs().forEach(verbs::add);
        ArrayNode sites = json.putArray("sites");
        key.sites().forEach(sites::add);
        return json;
    }
}
