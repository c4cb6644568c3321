package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.tuf.PathPatterns;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whom targets.json lets release what: its {@code delegations}, in the order in which gateways ask:
 *
 * <pre>
 *   {"keys":  {id: key},
 *    "roles": [{"name":"emea","keyids":[…],"threshold":1,"terminating":true,
 *               "paths":["releases/task/emea-*&#47;*.json"]}]}
 * </pre>
 *
 * A team releases bases and tasks, and nothing else: what gateways follow (Sets, channels, {@code picket/}) the top-level
 * role alone names.
 */
record Teams(ObjectNode delegations) implements Keyring {
    static final int MOST = 32;
    static final int MOST_PATHS = 16;
    static final int MOST_KEYS = 16;

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,31}");
    private static final Pattern PATH =
            Pattern.compile("releases/(?:base|task)/[a-z0-9*?][a-z0-9._*?-]{0,63}/[0-9*?]{1,18}[.]json");

    static Teams none() {
        ObjectNode delegations = StrictJson.object();
        delegations.putObject("keys");
        delegations.putArray("roles");
        return new Teams(delegations);
    }

    /** Those of a targets file, as it is signed. */
    static Teams of(SignedFile targets) throws RejectedException {
        return in(new Fields(targets.name(), targets.signed()));
    }

    /**
     * A copy of those in an object's {@code delegations}; none where it has no such field.
     *
     * @throws RejectedException MALFORMED for what this publisher would not write
     */
    static Teams in(Fields fields) throws RejectedException {
        if (!fields.has("delegations")) {
            return none();
        }
        Teams teams = new Teams(fields.object("delegations").node().deepCopy());
        Fields copy = new Fields(fields.where() + ".delegations", teams.delegations);
        copy.requireOnly(Set.of("keys", "roles"));
        copy.object("keys");
        for (Fields each : copy.objects("roles", MOST)) {
            each.requireOnly(Set.of("name", "keyids", "threshold", "terminating", "paths"));
            each.text("name");
            each.texts("keyids", MOST_KEYS);
            each.texts("paths", MOST_PATHS);
        }
        teams.check();
        return teams;
    }

    /** Puts them into what has a field {@code delegations}; no teams, no field. */
    void putInto(ObjectNode json) {
        if (roles().isEmpty()) {
            json.remove("delegations");
        } else {
            json.set("delegations", delegations.deepCopy());
        }
    }

    @Override
    public List<String> roles() {
        return entries().map(each -> each.path("name").asText()).toList();
    }

    @Override
    public ObjectNode keys() {
        return (ObjectNode) delegations.get("keys");
    }

    @Override
    public ObjectNode role(String team) {
        return entries()
                .filter(each -> each.path("name").asText().equals(team))
                .findFirst()
                .orElseThrow();
    }

    /** Lets one more team release what these patterns cover; it still has no keys. */
    void put(String team, int threshold, List<String> paths) throws RejectedException {
        if (roles().contains(team)) {
            throw malformed("There is a team " + team + " already: change its keys with `picket release key`, or"
                    + " remove it first.");
        }
        ObjectNode role = list().addObject().put("name", team);
        role.putArray("keyids");
        role.put("threshold", threshold).put("terminating", true);
        ArrayNode patterns = role.putArray("paths");
        paths.forEach(patterns::add);
        checkNames();
        checkPaths(team);
    }

    void remove(String team) {
        List<ObjectNode> left = entries()
                .filter(each -> !each.path("name").asText().equals(team))
                .toList();
        list().removeAll().addAll(left);
        dropUnusedKeys();
    }

    List<String> paths(String team) {
        List<String> paths = new ArrayList<>();
        role(team).get("paths").forEach(each -> paths.add(each.asText()));
        return paths;
    }

    @Override
    public void check() throws RejectedException {
        Keyring.super.check();
        checkNames();
        Set<String> keys = new HashSet<>();
        for (String team : roles()) {
            checkPaths(team);
            if (ids(team).size() > MOST_KEYS) {
                throw malformed("The team " + team + " would have " + ids(team).size() + " keys, and may have "
                        + MOST_KEYS + ".");
            }
            for (String id : ids(team)) {
                if (!keys.add(id)) {
                    throw malformed("The team " + team + " has the key " + id + " twice, or shares it with another.");
                }
            }
        }
    }

    private void checkNames() throws RejectedException {
        if (roles().size() > MOST) {
            throw malformed(
                    "There would be " + roles().size() + " teams, and there may be " + MOST + ": remove one first.");
        }
        Set<String> names = new HashSet<>(RootFile.ROLES);
        for (String team : roles()) {
            if (!NAME.matcher(team).matches() || !names.add(team)) {
                throw malformed("No team can be called '" + team
                        + "': choose 1 to 32 of a-z, 0-9, hyphen and underscore, and no role's name.");
            }
        }
    }

    private void checkPaths(String team) throws RejectedException {
        List<String> paths = paths(team);
        if (paths.isEmpty() || paths.size() > MOST_PATHS) {
            throw malformed("The team " + team + " would have " + paths.size() + " patterns of paths: give it 1 to "
                    + MOST_PATHS + ".");
        }
        for (String each : paths) {
            if (!PATH.matcher(each).matches()) {
                throw malformed("A team cannot have '" + each + "': what it may release is"
                        + " releases/base/NAME/*.json or releases/task/NAME/*.json, with * and ? in NAME; what"
                        + " gateways follow the targets key alone signs.");
            }
        }
        if (!role(team).path("terminating").asBoolean()) {
            throw malformed("The team " + team + " is not terminating: add it anew.");
        }
    }

    /**
     * Refuses a path that gateways would not ask this team for.
     *
     * @throws RejectedException MALFORMED
     */
    void checkCovers(String team, String path) throws RejectedException {
        Predicate<String> covers = each -> PathPatterns.anyMatches(paths(each), path);
        Optional<String> asked = roles().stream().filter(covers).findFirst();
        if (!covers.test(team)) {
            throw malformed("The team " + team + " may not release " + path + ": its paths are "
                    + String.join(", ", paths(team)) + ".");
        }
        if (!asked.equals(Optional.of(team))) {
            throw malformed("Gateways ask the team " + asked.orElseThrow() + " for " + path
                    + ", whose paths cover it too: rename it, or change the teams' paths.");
        }
    }

    /** Refuses what a team would sign where a path in it is not its own, or it passes its right on. */
    void checkCovers(SignedFile file) throws RejectedException {
        if (!roles().contains(file.role())) {
            throw new RejectedException(Reason.MISSING, file.name() + " is of a team that targets.json does not name.");
        }
        if (file.signed().has("delegations")) {
            throw malformed(file.name() + " delegates in its turn, which a team may not: leave that out.");
        }
        for (var each : file.signed().path("targets").properties()) {
            checkCovers(file.role(), each.getKey());
        }
    }

    /** Refuses a key that a role of the root has too: a team's file would pass for that role's. */
    void checkApart(RootFile root) throws RejectedException {
        for (String role : root.roles()) {
            for (String id : root.ids(role)) {
                if (keys().has(id)) {
                    throw malformed("The key " + id + " signs " + role + " and a team: each role has keys of its own.");
                }
            }
        }
    }

    void require(String team) throws RejectedException {
        if (!roles().contains(team)) {
            throw new RejectedException(
                    Reason.MISSING,
                    "There is no team " + team + ": "
                            + (roles().isEmpty()
                                    ? "add it with `picket release team add`."
                                    : "name one of " + String.join(", ", roles()) + "."));
        }
    }

    private ArrayNode list() {
        return (ArrayNode) delegations.get("roles");
    }

    private Stream<ObjectNode> entries() {
        return list().valueStream().map(ObjectNode.class::cast);
    }

    private static RejectedException malformed(String message) {
        return new RejectedException(Reason.MALFORMED, message);
    }
}
