package dev.picket.ota.tuf;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The signed part of a metadata file. Fields that it has beyond these are signed too, and ignored. */
public sealed interface Role {
    long version();

    Instant expires();

    /** Who signs a role: the ids of its keys, and how many of them must. */
    record RoleKeys(Set<String> keyIds, int threshold) {
        public RoleKeys {
            keyIds = Set.copyOf(keyIds);
        }
    }

    /**
     * The root of trust.
     *
     * @param keys by key id
     * @param roles for {@code root}, {@code timestamp}, {@code snapshot}, {@code targets}
     */
    record Root(
            long version,
            Instant expires,
            boolean consistentSnapshot,
            Map<String, Key> keys,
            Map<String, RoleKeys> roles)
            implements Role {
        public Root {
            keys = Map.copyOf(keys);
            roles = Map.copyOf(roles);
        }

        /** A role's keys, each the same in whatever form and under whatever id it is written. */
        Set<String> identities(String role) {
            return Objects.requireNonNull(roles.get(role), role).keyIds().stream()
                    .map(keys::get)
                    .filter(Objects::nonNull)
                    .map(Key::identity)
                    .collect(Collectors.toSet());
        }
    }

    /**
     * The newest snapshot.
     *
     * @param issued when the publisher signed it by its own clock, a field of ours; raises the clock's floor
     */
    record Timestamp(long version, Instant expires, FileInfo snapshot, Optional<Instant> issued) implements Role {}

    /** The versions of all targets roles, by file name: {@code targets.json}, {@code team.json}. */
    record Snapshot(long version, Instant expires, Map<String, FileInfo> meta) implements Role {
        public Snapshot {
            meta = Map.copyOf(meta);
        }
    }

    /**
     * Target files by path, and whom the role trusts for which others, in the order to ask them.
     *
     * @param delegations empty where there are bins
     */
    record Targets(
            long version,
            Instant expires,
            Map<String, TargetFile> targets,
            Map<String, Key> keys,
            List<Delegation> delegations,
            Optional<SuccinctBins> bins)
            implements Role {
        public Targets {
            targets = Map.copyOf(targets);
            keys = Map.copyOf(keys);
            delegations = List.copyOf(delegations);
        }

        /** Those that cover the path, up to the first terminating one. */
        List<Delegation> covering(String path) {
            if (bins.isPresent()) {
                return List.of(bins.get().of(path));
            }
            List<Delegation> all =
                    delegations.stream().filter(each -> each.covers(path)).toList();
            for (int i = 0; i < all.size(); i++) {
                if (all.get(i).terminating()) {
                    return all.subList(0, i + 1);
                }
            }
            return all;
        }

        /** The delegation to the role of that name. */
        Optional<Delegation> delegation(String role) {
            return bins.isPresent()
                    ? bins.get().called(role)
                    : delegations.stream()
                            .filter(each -> each.name().equals(role))
                            .findFirst();
        }
    }

    /**
     * Another role that is trusted for some paths.
     *
     * @param terminating whether the search ends with it for paths that it matches
     * @param paths patterns; {@code *} and {@code ?} do not match {@code /}
     * @param pathHashPrefixes hex prefixes of the path's SHA-256, instead of patterns
     */
    record Delegation(
            String name, RoleKeys keys, boolean terminating, List<String> paths, List<String> pathHashPrefixes) {
        public Delegation {
            paths = List.copyOf(paths);
            pathHashPrefixes = List.copyOf(pathHashPrefixes);
        }

        /** Whether the role is trusted for this path. */
        boolean covers(String path) {
            return PathPatterns.anyMatches(paths, path) || PathPatterns.anyHashPrefix(pathHashPrefixes, path);
        }
    }
}
