package dev.picket.ota.tuf;

import dev.picket.ota.RejectedException;
import dev.picket.ota.json.CanonicalJson;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/** Metadata files into records: specification 4. Knows the form, not whom to trust. */
final class MetadataReader {
    private static final Pattern DATE_TIME = Pattern.compile("(19[7-9]|[2-9]\\d\\d)\\d-.{1,32}");
    private static final int MAX_KEYS = 1024;
    private static final int MAX_DELEGATIONS = 32_768;

    private MetadataReader() {}

    static Signed<Role.Root> root(byte[] bytes) throws RejectedException {
        Fields file = StrictJson.parse("root.json", bytes);
        Fields signed = signed(file, "root");
        Map<String, Role.RoleKeys> roles = new HashMap<>();
        for (String name : RoleName.TOP) {
            roles.put(name, roleKeys(signed.object("roles").object(name)));
        }
        boolean consistent = signed.has("consistent_snapshot") && signed.flag("consistent_snapshot");
        return envelope(file, signed, new Role.Root(version(signed), expires(signed), consistent, keys(signed), roles));
    }

    static Signed<Role.Timestamp> timestamp(byte[] bytes) throws RejectedException {
        Fields file = StrictJson.parse("timestamp.json", bytes);
        Fields signed = signed(file, "timestamp");
        Map<String, Fields> meta = signed.objectsByName("meta");
        Fields snapshot = meta.get("snapshot.json");
        if (snapshot == null || meta.size() != 1) {
            throw signed.fault("meta", "of snapshot.json alone");
        }
        Optional<Instant> issued = signed.has("issued") ? Optional.of(instant(signed, "issued")) : Optional.empty();
        Instant expires = expires(signed);
        if (issued.isPresent() && issued.get().isAfter(expires)) {
            // It raises the clock's floor for good: one signature too far ahead would let nothing be fresh any more.
            throw signed.fault("issued", "before it expires");
        }
        return envelope(file, signed, new Role.Timestamp(version(signed), expires, info(snapshot), issued));
    }

    static Signed<Role.Snapshot> snapshot(byte[] bytes) throws RejectedException {
        Fields file = StrictJson.parse("snapshot.json", bytes);
        Fields signed = signed(file, "snapshot");
        Map<String, FileInfo> meta = new HashMap<>();
        for (Map.Entry<String, Fields> each : signed.objectsByName("meta").entrySet()) {
            meta.put(each.getKey(), info(each.getValue()));
        }
        return envelope(file, signed, new Role.Snapshot(version(signed), expires(signed), meta));
    }

    static Signed<Role.Targets> targets(String role, byte[] bytes) throws RejectedException {
        Fields file = StrictJson.parse(role + ".json", bytes);
        Fields signed = signed(file, "targets");
        Map<String, TargetFile> targets = new HashMap<>();
        for (Map.Entry<String, Fields> each : signed.objectsByName("targets").entrySet()) {
            targets.put(each.getKey(), target(role, each.getKey(), each.getValue()));
        }
        Map<String, Key> keys = Map.of();
        List<Role.Delegation> delegations = List.of();
        Optional<SuccinctBins> bins = Optional.empty();
        if (signed.has("delegations")) {
            Fields block = signed.object("delegations");
            keys = keys(block);
            if (block.has("succinct_roles") && !block.has("roles")) {
                bins = Optional.of(bins(block.object("succinct_roles")));
            } else {
                delegations = delegations(block);
            }
        }
        return envelope(
                file, signed, new Role.Targets(version(signed), expires(signed), targets, keys, delegations, bins));
    }

    private static Fields signed(Fields file, String type) throws RejectedException {
        Fields signed = file.object("signed");
        if (!signed.text("_type").equals(type)) {
            throw signed.fault("_type", type);
        }
        if (!signed.text("spec_version").startsWith("1.")) {
            throw signed.fault("spec_version", "1.x");
        }
        return signed;
    }

    private static <R extends Role> Signed<R> envelope(Fields file, Fields signed, R role) throws RejectedException {
        Map<String, byte[]> signatures = new LinkedHashMap<>();
        for (Fields each : file.objects("signatures", MAX_KEYS)) {
            if (signatures.put(each.text("keyid"), hex(each)) != null) {
                throw file.fault("signatures", "one a key id");
            }
        }
        return new Signed<>(role, CanonicalJson.encode(signed.node()), signatures);
    }

    /** An unreadable signature counts for nothing, as one of a scheme unknown here would. */
    private static byte[] hex(Fields signature) throws RejectedException {
        try {
            return HexFormat.of().parseHex(signature.text("sig"));
        } catch (IllegalArgumentException _) {
            return new byte[0];
        }
    }

    private static long version(Fields fields) throws RejectedException {
        return fields.number("version", 1, Long.MAX_VALUE);
    }

    private static Instant expires(Fields fields) throws RejectedException {
        return instant(fields, "expires");
    }

    private static Instant instant(Fields fields, String field) throws RejectedException {
        String text = fields.text(field);
        // Years of four digits, as in the specification: far larger ones have no milliseconds that fit a long.
        if (DATE_TIME.matcher(text).matches()) {
            try {
                return Instant.parse(text);
            } catch (DateTimeParseException _) {
                // Told below.
            }
        }
        throw fields.fault(field, "an instant such as 2030-01-31T00:00:00Z");
    }

    private static Map<String, Key> keys(Fields fields) throws RejectedException {
        Map<String, Key> keys = new HashMap<>();
        for (Map.Entry<String, Fields> each : fields.objectsByName("keys").entrySet()) {
            Fields key = each.getValue();
            // A key of a kind unknown here may keep its public value elsewhere; it verifies nothing.
            String publicValue = key.object("keyval").node().path("public").asText("");
            keys.put(each.getKey(), new Key(key.text("keytype"), key.text("scheme"), publicValue));
        }
        return keys;
    }

    private static Role.RoleKeys roleKeys(Fields role) throws RejectedException {
        List<String> ids = role.texts("keyids", MAX_KEYS);
        Set<String> unique = new HashSet<>(ids);
        if (unique.size() != ids.size()) {
            throw role.fault("keyids", "each named once");
        }
        return new Role.RoleKeys(unique, (int) role.number("threshold", 1, MAX_KEYS));
    }

    private static FileInfo info(Fields meta) throws RejectedException {
        return new FileInfo(version(meta), length(meta), hashes(meta));
    }

    private static TargetFile target(String role, String path, Fields target) throws RejectedException {
        FileInfo info = new FileInfo(
                0, OptionalLong.of(target.number("length", 0, Long.MAX_VALUE)), target.textsByName("hashes"));
        if (info.hashes().isEmpty()) {
            throw target.fault("hashes", "at least one");
        }
        Optional<Fields> custom = target.has("custom") ? Optional.of(target.object("custom")) : Optional.empty();
        return new TargetFile(path, info, custom, role);
    }

    private static OptionalLong length(Fields meta) throws RejectedException {
        return meta.has("length") ? OptionalLong.of(meta.number("length", 0, Long.MAX_VALUE)) : OptionalLong.empty();
    }

    private static Map<String, String> hashes(Fields meta) throws RejectedException {
        return meta.has("hashes") ? meta.textsByName("hashes") : Map.of();
    }

    private static SuccinctBins bins(Fields block) throws RejectedException {
        String prefix = block.text("name_prefix");
        if (!RoleName.canBeDelegated(prefix + "-ffffffff")) {
            throw block.fault("name_prefix", "not too long for a file");
        }
        return new SuccinctBins(roleKeys(block), (int) block.number("bit_length", 1, 32), prefix);
    }

    private static List<Role.Delegation> delegations(Fields block) throws RejectedException {
        List<Role.Delegation> all = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Fields each : block.objects("roles", MAX_DELEGATIONS)) {
            String name = each.text("name");
            if (!RoleName.canBeDelegated(name) || !names.add(name)) {
                throw each.fault("name", "a name of its own, not too long for a file");
            }
            List<String> paths = each.has("paths") ? each.texts("paths", MAX_DELEGATIONS) : List.of();
            List<String> prefixes =
                    each.has("path_hash_prefixes") ? each.texts("path_hash_prefixes", MAX_DELEGATIONS) : List.of();
            if (each.has("paths") == each.has("path_hash_prefixes")) {
                throw each.fault("paths", "given, or else path_hash_prefixes");
            }
            all.add(new Role.Delegation(name, roleKeys(each), each.flag("terminating"), paths, prefixes));
        }
        return all;
    }
}
