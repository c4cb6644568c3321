package dev.picket.ota.tuf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Hashes;
import dev.picket.ota.RejectedException;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.json.CanonicalJson;
import dev.picket.ota.json.StrictJson;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A repository in memory whose every version, key, threshold and date a test may choose. What is signed is decided when
 * it is fetched, so that a test changes a field and the next refresh sees it.
 */
public final class Simulator implements Fetcher {
    public static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    final Map<String, Long> versions = new HashMap<>();
    final Map<String, Instant> expires = new HashMap<>();
    final Map<String, List<KeyPair>> keys = new HashMap<>();
    final Map<String, Integer> thresholds = new HashMap<>();
    public final Map<String, byte[]> targets = new LinkedHashMap<>();
    final List<Edge> edges = new ArrayList<>();
    /** What each delegated role lists, by path. */
    final Map<String, Map<String, byte[]>> listed = new LinkedHashMap<>();

    final List<byte[]> roots = new ArrayList<>();
    final List<String> asked = new ArrayList<>();
    /** By role: what is changed in the signed part before it is signed. */
    final Map<String, Consumer<ObjectNode>> changes = new HashMap<>();
    /** By path: bytes that are served instead. */
    final Map<String, byte[]> replaced = new HashMap<>();

    boolean consistent = true;
    boolean hashesInMeta = true;
    /** Signed into the snapshot instead of the version of targets. */
    long targetsVersionInSnapshot;
    /** Signed into the timestamp instead of the version of the snapshot. */
    long snapshotVersionInTimestamp;

    /** Signed into the timestamp where it is not empty. */
    String issued = "";

    /** Who delegates which paths to whom, and whose keys it names for that. */
    record Edge(String delegator, String role, KeyPair key, boolean terminating, String field, List<String> paths) {}

    public Simulator() {
        for (String role : List.of("root", "targets", "snapshot", "timestamp")) {
            versions.put(role, 1L);
            expires.put(role, NOW.plus(Duration.ofDays(30)));
            keys.put(role, new ArrayList<>(List.of(newKey())));
            thresholds.put(role, 1);
        }
        versions.put("root", 0L);
        publishRoot(keysOf("root"));
    }

    List<KeyPair> keysOf(String role) {
        return Objects.requireNonNull(keys.get(role));
    }

    long versionOf(String role) {
        return Objects.requireNonNull(versions.get(role));
    }

    static KeyPair newKey() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Signs the next root with the keys that it lists, and with these. */
    void publishRoot(List<KeyPair> before) {
        versions.merge("root", 1L, Long::sum);
        ObjectNode root = StrictJson.object().put("consistent_snapshot", consistent);
        ObjectNode all = root.putObject("keys");
        ObjectNode roles = root.putObject("roles");
        for (String role : List.of("root", "targets", "snapshot", "timestamp")) {
            ArrayNode ids =
                    roles.putObject(role).put("threshold", thresholds.get(role)).putArray("keyids");
            for (KeyPair key : keysOf(role)) {
                all.set(id(key), json(key));
                ids.add(id(key));
            }
        }
        List<KeyPair> signers = new ArrayList<>(keysOf("root"));
        before.stream().filter(each -> !signers.contains(each)).forEach(signers::add);
        roots.add(sign("root", "root", root, signers));
    }

    public byte[] firstRoot() {
        return roots.getFirst();
    }

    byte[] targetsBytes() {
        return roleBytes("targets", targets);
    }

    /** Delegates these path patterns to a role that lists these targets itself. */
    public void delegate(String name, boolean terminating, List<String> paths, Map<String, byte[]> listed) {
        add(name, listed);
        edges.add(new Edge("targets", name, keysOf(name).getFirst(), terminating, "paths", paths));
    }

    /** A role that signs with a key of its own; who delegates to it is said by {@link #edges}. */
    void add(String name, Map<String, byte[]> lists) {
        keys.put(name, List.of(newKey()));
        versions.put(name, 1L);
        expires.put(name, NOW.plus(Duration.ofDays(30)));
        listed.put(name, lists);
    }

    private byte[] roleBytes(String name, Map<String, byte[]> lists) {
        ObjectNode role = StrictJson.object();
        ObjectNode list = role.putObject("targets");
        lists.forEach((path, bytes) -> list.set(path, info(bytes)));
        List<Edge> out =
                edges.stream().filter(each -> each.delegator().equals(name)).toList();
        if (!out.isEmpty()) {
            ObjectNode block = role.putObject("delegations");
            ObjectNode all = block.putObject("keys");
            ArrayNode roles = block.putArray("roles");
            for (Edge each : out) {
                all.set(id(each.key()), json(each.key()));
                ObjectNode entry = roles.addObject().put("name", each.role()).put("threshold", 1);
                entry.put("terminating", each.terminating());
                ArrayNode patterns = entry.putArray(each.field());
                each.paths().forEach(patterns::add);
                entry.putArray("keyids").add(id(each.key()));
            }
        }
        return sign(name, "targets", role, keysOf(name));
    }

    private byte[] delegatedBytes(String name) {
        return roleBytes(name, Objects.requireNonNull(listed.get(name), name));
    }

    byte[] snapshotBytes() {
        ObjectNode role = StrictJson.object();
        ObjectNode meta = role.putObject("meta");
        long version = targetsVersionInSnapshot > 0 ? targetsVersionInSnapshot : versionOf("targets");
        meta.set("targets.json", meta(version, targetsBytes()));
        for (String name : listed.keySet()) {
            meta.set(name + ".json", meta(versionOf(name), delegatedBytes(name)));
        }
        return sign("snapshot", "snapshot", role, keysOf("snapshot"));
    }

    byte[] timestampBytes() {
        ObjectNode role = StrictJson.object();
        long version = snapshotVersionInTimestamp > 0 ? snapshotVersionInTimestamp : versionOf("snapshot");
        role.putObject("meta").set("snapshot.json", meta(version, snapshotBytes()));
        if (!issued.isEmpty()) {
            role.put("issued", issued);
        }
        return sign("timestamp", "timestamp", role, keysOf("timestamp"));
    }

    @Override
    public void fetch(String path, long from, long maxBytes, Body body) throws RejectedException, IOException {
        asked.add(path);
        byte[] bytes = replaced.containsKey(path) ? replaced.get(path) : bytes(path);
        if (bytes.length > maxBytes) {
            throw Fetcher.tooLarge(path, maxBytes);
        }
        body.begin(0);
        body.take(bytes, bytes.length);
    }

    private byte[] bytes(String path) throws RejectedException {
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (path.startsWith("targets/")) {
            return target(path);
        } else if (name.endsWith("root.json")) {
            int version = Integer.parseInt(name.substring(0, name.indexOf('.')));
            if (version > roots.size()) {
                throw Fetcher.missing(path, "no such root");
            }
            return roots.get(version - 1);
        } else if (name.equals("timestamp.json")) {
            return timestampBytes();
        }
        String unversioned = consistent ? name.substring(name.indexOf('.') + 1) : name;
        String role = URLDecoder.decode(
                unversioned.substring(0, unversioned.length() - ".json".length()), StandardCharsets.UTF_8);
        return switch (role) {
            case "snapshot" -> snapshotBytes();
            case "targets" -> targetsBytes();
            default -> delegatedBytes(role);
        };
    }

    private byte[] target(String path) throws RejectedException {
        for (Map.Entry<String, byte[]> each : targets.entrySet()) {
            if (consistent ? path.contains(Hashes.sha256(each.getValue())) : path.equals("targets/" + each.getKey())) {
                return each.getValue();
            }
        }
        throw Fetcher.missing(path, "no such target");
    }

    byte[] sign(String role, String type, ObjectNode signed, List<KeyPair> signers) {
        signed.put("_type", type)
                .put("spec_version", "1.0.34")
                .put("version", versionOf(role))
                .put("expires", Objects.requireNonNull(expires.get(role)).toString());
        changes.getOrDefault(role, unchanged -> {}).accept(signed);
        ObjectNode file = StrictJson.object();
        ArrayNode signatures = file.putArray("signatures");
        for (KeyPair key : signers) {
            signatures.addObject().put("keyid", id(key)).put("sig", signature(key, signed));
        }
        file.set("signed", signed);
        return StrictJson.pretty(file);
    }

    private static String signature(KeyPair key, ObjectNode signed) {
        try {
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(key.getPrivate());
            signer.update(CanonicalJson.encode(signed));
            return HexFormat.of().formatHex(signer.sign());
        } catch (GeneralSecurityException | RejectedException e) {
            throw new AssertionError(e);
        }
    }

    private ObjectNode meta(long version, byte[] bytes) {
        ObjectNode meta = StrictJson.object().put("version", version);
        if (hashesInMeta) {
            meta.setAll(info(bytes));
        }
        return meta;
    }

    private static ObjectNode info(byte[] bytes) {
        ObjectNode info = StrictJson.object().put("length", bytes.length);
        info.putObject("hashes").put("sha256", Hashes.sha256(bytes));
        return info;
    }

    static ObjectNode json(KeyPair key) {
        byte[] encoded = key.getPublic().getEncoded();
        ObjectNode json = StrictJson.object().put("keytype", "ed25519").put("scheme", "ed25519");
        json.putObject("keyval").put("public", HexFormat.of().formatHex(encoded, encoded.length - 32, encoded.length));
        return json;
    }

    static String id(KeyPair key) {
        return Hashes.sha256(json(key).toString().getBytes(StandardCharsets.UTF_8));
    }
}
