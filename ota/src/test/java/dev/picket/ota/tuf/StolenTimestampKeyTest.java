package dev.picket.ota.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.fetch.Retry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the key of timestamp can do to clocks by {@code issued}, which outlives the file that says it. */
class StolenTimestampKeyTest {
    private static final Retry ONCE = new Retry(1, Duration.ofMillis(2), Duration.ofMillis(2), wait -> {});
    private static final Instant AHEAD = Simulator.NOW.plus(Duration.ofDays(20));

    @TempDir
    Path folder;

    private Simulator repository;

    @BeforeEach
    void aClientThatTrustsVersionOneOfEverything() throws Exception {
        repository = new Simulator();
        refresh(SignedTime.NONE);
    }

    @Test
    void aTimeByWhichWhatTheOfflineKeysSignedHasExpiredIsRefused() {
        for (String offline : List.of("root", "targets")) {
            repository.expires.put("root", Simulator.NOW.plus(Duration.ofDays(30)));
            repository.expires.put("targets", Simulator.NOW.plus(Duration.ofDays(30)));
            repository.expires.put(offline, AHEAD);
            repository.publishRoot(List.of());
            next();
            sayFor60Days(AHEAD.toString());

            refused(Reason.EXPIRED);
        }
    }

    @Test
    void aTimeOfMoreThanFourDigitsOfYearsIsMalformed() {
        for (String never : List.of("+300000000-01-01T00:00:00Z", "-000001-01-01T00:00:00Z", "1969-12-31T23:59:59Z")) {
            next();
            sayFor60Days(never);
            refused(Reason.MALFORMED);
        }
    }

    @Test
    void aTimeThatWasSignedCountsUntilItsKeyIsTakenAway() throws Exception {
        next();
        sayFor60Days(AHEAD.toString());
        SignedTime floor = refresh(SignedTime.NONE);
        assertThat(floor).isEqualTo(new SignedTime(AHEAD, 1));

        // The thief's own time makes what is signed rightly look expired, also under another root with the same key.
        honest();
        refused(Reason.EXPIRED, floor);
        repository.publishRoot(List.of());
        refused(Reason.EXPIRED, floor);

        repository.keys.put("timestamp", new ArrayList<>(List.of(Simulator.newKey())));
        repository.publishRoot(List.of());
        assertThat(refresh(floor)).isEqualTo(new SignedTime(Simulator.NOW, 3));
        assertThat(refresh(floor)).as("again, from disk").isEqualTo(new SignedTime(Simulator.NOW, 3));
    }

    @Test
    void aTimeFromBeforeTheFirstRootCountsNoLonger() throws Exception {
        honest();
        assertThat(refresh(new SignedTime(Instant.parse("2098-01-01T00:00:00Z"), 0)))
                .isEqualTo(new SignedTime(Simulator.NOW, 1));
    }

    private void honest() {
        next();
        repository.issued = Simulator.NOW.toString();
        repository.expires.put("timestamp", Simulator.NOW.plus(Duration.ofDays(14)));
    }

    private void sayFor60Days(String issued) {
        repository.issued = issued;
        repository.expires.put("timestamp", Simulator.NOW.plus(Duration.ofDays(60)));
    }

    private void next() {
        for (String role : List.of("timestamp", "snapshot", "targets")) {
            repository.versions.merge(role, 1L, Long::sum);
        }
    }

    private SignedTime refresh(SignedTime floor) throws Exception {
        return new TufClient(folder, repository.firstRoot(), repository, TufLimits.DEFAULT, ONCE)
                .refresh(Simulator.NOW, floor)
                .signedTime();
    }

    private void refused(Reason reason) {
        refused(reason, SignedTime.NONE);
    }

    private void refused(Reason reason, SignedTime floor) {
        assertThatThrownBy(() -> refresh(floor))
                .asInstanceOf(type(RejectedException.class))
                .extracting(RejectedException::reason)
                .isEqualTo(reason);
    }
}
