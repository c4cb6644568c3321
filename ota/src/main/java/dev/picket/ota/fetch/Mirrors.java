package dev.picket.ota.fetch;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The same repository in several places, asked in the order in which they are configured. One that fails, or whose bytes
 * do not verify, rests for a time that doubles each time; while all rest, the one that is due first is asked, but none
 * before the time that its server named. What rests is forgotten at a restart. Not for more than one thread, but for
 * {@link #place}.
 */
final class Mirrors implements Fetcher {
    private static final Logger log = LoggerFactory.getLogger(Mirrors.class);
    private static final String METADATA = "metadata/";

    private final List<Mirror> mirrors;
    private final Duration firstRest;
    private final Duration longestRest;
    private final LongSupplier nanoTime;
    private volatile Mirror current;

    /** At least one. */
    Mirrors(List<Fetcher> places, Duration firstRest, Duration longestRest, LongSupplier nanoTime) {
        long now = nanoTime.getAsLong();
        this.mirrors = places.stream().map(each -> new Mirror(each, now)).toList();
        this.firstRest = firstRest;
        this.longestRest = longestRest;
        this.nanoTime = nanoTime;
        this.current = mirrors.getFirst();
    }

    @Override
    public String place() {
        return current.place.place();
    }

    @Override
    public boolean isLocal() {
        return current.place.isLocal();
    }

    @Override
    public boolean elsewhere() {
        rest(current);
        return mirrors.stream().anyMatch(each -> !each.isResting(nanoTime.getAsLong()));
    }

    @Override
    public void fetch(String path, long from, long maxBytes, Body body)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        List<Exception> failures = new ArrayList<>();
        for (Mirror each : inTurn()) {
            Begun begun = new Begun(body);
            current = each;
            try {
                each.place.fetch(path, from, maxBytes, begun);
                each.failures = 0;
                return;
            } catch (NotYetException e) {
                if (!e.isOurs()) {
                    rest(each, e.after().toNanos());
                    each.asked = true;
                }
                failures.add(e);
            } catch (UnavailableException e) {
                rest(each);
                failures.add(e);
            } catch (RejectedException e) {
                if (e.reason() != Reason.MISSING) {
                    throw e;
                }
                failures.add(e);
            }
            if (begun.begun) {
                // Where to go on only the caller knows now.
                break;
            }
        }
        fail(path, failures);
    }

    /** Those that do not rest; when all do, the one that is due first. */
    private List<Mirror> inTurn() throws NotYetException {
        long now = nanoTime.getAsLong();
        List<Mirror> awake =
                mirrors.stream().filter(each -> !each.isResting(now)).toList();
        if (!awake.isEmpty()) {
            return awake;
        }
        Mirror next = mirrors.stream()
                .min(Comparator.comparing((Mirror each) -> each.asked).thenComparingLong(each -> each.until - now))
                .orElseThrow();
        if (next.asked) {
            Duration left = Duration.ofNanos(next.until - now);
            throw new NotYetException(next.place.place() + " asks for a pause of at most an hour.", left, false);
        }
        return List.of(next);
    }

    /**
     * Of a file, what says most is that it may still come. Of metadata it is that they are not there: the next root is
     * missing nearly always, and one place that is down must not keep the others from saying so.
     */
    private static void fail(String path, List<Exception> failures) throws RejectedException, UnavailableException {
        List<RejectedException> missing = only(failures, RejectedException.class);
        List<UnavailableException> unavailable = only(failures, UnavailableException.class);
        if (unavailable.isEmpty() || (path.startsWith(METADATA) && !missing.isEmpty())) {
            throw missing.getFirst();
        }
        throw unavailable.getLast();
    }

    private static <T> List<T> only(List<Exception> failures, Class<T> type) {
        return failures.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private void rest(Mirror mirror) {
        mirror.failures++;
        long doubled = firstRest.toNanos() << Math.min(mirror.failures - 1, 20);
        rest(mirror, Math.min(doubled, longestRest.toNanos()));
    }

    private void rest(Mirror mirror, long nanos) {
        mirror.until = nanoTime.getAsLong() + nanos;
        mirror.asked = false;
        if (mirrors.size() > 1) {
            log.info("{} rests for {} s", mirror.place.place(), nanos / 1_000_000_000L);
        }
    }

    private static final class Mirror {
        private final Fetcher place;
        private int failures;
        private long until;
        /** Whether the server itself named the time. */
        private boolean asked;

        Mirror(Fetcher place, long now) {
            this.place = place;
            this.until = now;
        }

        boolean isResting(long now) {
            return until - now > 0;
        }
    }

    /** Notices that bytes have begun to flow. */
    private static final class Begun implements Body {
        private final Body body;
        private boolean begun;

        Begun(Body body) {
            this.body = body;
        }

        @Override
        public void begin(long from) throws IOException {
            begun = true;
            body.begin(from);
        }

        @Override
        public void take(byte[] bytes, int length) throws IOException {
            body.take(bytes, length);
        }

        @Override
        public boolean isOfKnownLength() {
            return body.isOfKnownLength();
        }
    }
}
