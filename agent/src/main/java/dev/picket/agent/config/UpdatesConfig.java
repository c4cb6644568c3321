package dev.picket.agent.config;

import dev.picket.ota.fetch.Windows;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where signed updates come from.
 *
 * @param repository {@code file:}, {@code http:} or {@code https:}; without it nothing new is installed
 * @param mirrors other places of the same repository, asked in turn while those before them fail
 * @param channel the channel that this gateway follows
 * @param root the root.json that is trusted first; without the file updates are off
 * @param seed a folder with a signed tree and its index, whose Set is ordered at a start at which none was ever installed
 * @param interval between two polls; jittered by a fifth
 * @param maxSetBytes the largest Set, all files together
 * @param spareBytes left free on the disk, whatever is fetched
 * @param connectTimeout until a connection to the repository stands
 * @param readTimeout until the next bytes of an answer come
 * @param minBytesPerSecond a download that is slower for a minute is broken off and tried again; 0 is no limit
 * @param bytesPerSecond how fast files may come on average; 0 is no limit
 * @param bytesPerDay how much may come in a day, from midnight UTC, kept across restarts; 0 is no limit
 * @param windows the hours in which files may come, {@code 22:00-05:00} by the local clock; none is always
 * @param attempts how often an update's step may be begun before the agent's deaths in it count as its failure
 * @param trial what a Set must pass here
 */
public record UpdatesConfig(
        @Nullable URI repository,
        List<URI> mirrors,
        @Default("stable") String channel,
        @Default("/etc/picket/trust/root.json") Path root,
        @Default("/usr/share/picket/released") Path seed,
        @Default("15m") @Range(min = 100, max = 604_800_000) Duration interval,

        @Default("16GiB") @Range(min = 1, max = 1_099_511_627_776L)
        long maxSetBytes,

        @Default("64MiB") @Range(max = 1_099_511_627_776L) long spareBytes,
        @Default("15s") @Range(min = 100, max = 300_000) Duration connectTimeout,
        @Default("30s") @Range(min = 100, max = 300_000) Duration readTimeout,

        @Default("512") @Range(max = 1L << 30) long minBytesPerSecond,

        @Default("0") @Range(max = 1L << 40) long bytesPerSecond,
        @Default("0") @Range(max = 1L << 50) long bytesPerDay,
        List<String> windows,
        @Default("2") @Range(min = 1, max = 10) int attempts,
        TrialConfig trial) {
    private static final Set<String> SCHEMES = Set.of("file", "http", "https");

    public UpdatesConfig {
        mirrors = List.copyOf(mirrors);
        windows = List.copyOf(windows);
        Windows.parse(windows);
        if (repository == null && !mirrors.isEmpty()) {
            throw new IllegalArgumentException("has mirrors and no repository; name the first place as repository");
        }
        Stream.concat(Stream.ofNullable(repository), mirrors.stream()).forEach(UpdatesConfig::check);
    }

    private static void check(URI place) {
        String authority = place.getRawAuthority();
        if (authority != null && authority.contains("@")) {
            // Not repeated: what stands there may be a password, and an address comes into reports and logs.
            throw new IllegalArgumentException(
                    "has an address with a user or a password before its '@', which would stand in reports and logs;"
                            + " leave it out, metadata are public and signed");
        }
        String scheme = place.getScheme();
        if (scheme == null || !SCHEMES.contains(scheme)) {
            throw new IllegalArgumentException("'" + place + "' must begin with file:, http: or https:");
        }
    }

    /** The repository's places, the first to be asked first; empty where none is named. */
    public List<URI> places() {
        return Stream.concat(Stream.ofNullable(repository), mirrors.stream()).toList();
    }
}
