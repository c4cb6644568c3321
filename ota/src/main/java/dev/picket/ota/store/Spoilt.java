package dev.picket.ota.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.ReleaseFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Files that came whole and did not verify, so that a bad copy of a large one is not fetched at every poll: from the
 * second time in a row on the next try waits an hour, then two, and so on up to a day.
 *
 * <pre>
 *   spoilt.json   {"files": {"{sha256}": {"times": 2, "at": seconds since 1970}, …}}   the latest 64
 * </pre>
 */
final class Spoilt {
    private static final int MOST = 64;
    private static final int MAX_TIMES = 1_000;
    private static final Duration FIRST = Duration.ofHours(1);
    private static final Duration LONGEST = Duration.ofDays(1);

    private record Entry(long times, Instant at) {
        Duration rest() {
            if (times < 2) {
                return Duration.ZERO;
            }
            Duration doubled = FIRST.multipliedBy(1L << Math.min(times - 2, 10));
            return doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
        }
    }

    private final Path file;
    private final InstantSource clock;

    Spoilt(Path file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
    }

    /** Refuses a file that is not to be tried yet. A clock that was put back does not make it wait longer. */
    void check(ReleaseFile wanted) throws RejectedException, IOException {
        Entry entry = read().get(wanted.sha256());
        if (entry == null) {
            return;
        }
        Duration passed = Duration.between(entry.at(), clock.instant());
        if (!passed.isNegative() && passed.compareTo(entry.rest()) < 0) {
            throw new RejectedException(
                    Reason.TAMPERED,
                    wanted.name() + " came with other bytes than the signed ones " + entry.times()
                            + " times in a row, and is asked for again after "
                            + entry.at().plus(entry.rest()) + ".");
        }
    }

    void add(ReleaseFile bad) throws IOException {
        Map<String, Entry> entries = read();
        Entry before = entries.remove(bad.sha256());
        long times = before == null ? 1 : Math.min(before.times() + 1, MAX_TIMES);
        entries.put(bad.sha256(), new Entry(times, clock.instant()));
        if (entries.size() > MOST) {
            entries.remove(entries.keySet().iterator().next());
        }
        write(entries);
    }

    void forget(ReleaseFile good) throws IOException {
        Map<String, Entry> entries = read();
        if (entries.remove(good.sha256()) != null) {
            write(entries);
        }
    }

    private Map<String, Entry> read() throws IOException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        if (!Files.exists(file)) {
            return entries;
        }
        try {
            Fields json = StrictJson.parse(file.toString(), Files.readAllBytes(file));
            for (Map.Entry<String, Fields> each : json.objectsByName("files").entrySet()) {
                Fields entry = each.getValue();
                entries.put(
                        each.getKey(),
                        new Entry(
                                entry.number("times", 1, MAX_TIMES),
                                Instant.ofEpochSecond(entry.number("at", 0, Integer.MAX_VALUE * 4L))));
            }
        } catch (RejectedException _) {
            // Of no worth to anybody but the bill: begun anew.
            entries.clear();
        }
        return entries;
    }

    private void write(Map<String, Entry> entries) throws IOException {
        ObjectNode json = StrictJson.object();
        ObjectNode files = json.putObject("files");
        entries.forEach((sha256, entry) -> files.putObject(sha256)
                .put("times", entry.times())
                .put("at", Math.max(0, entry.at().getEpochSecond())));
        AtomicFiles.write(file, StrictJson.pretty(json));
    }
}
