package dev.picket.ota.tuf;

import dev.picket.ota.json.Fields;
import java.util.Optional;

/**
 * A target as its role signed it.
 *
 * @param path the target's path, as in the metadata
 * @param info length, always there, and hashes
 * @param custom what the publisher says of it
 * @param role the role that lists it: {@code targets} for the top-level one
 */
public record TargetFile(String path, FileInfo info, Optional<Fields> custom, String role) {}
