package dev.picket.agent.service;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.picket.agent.pulse.Pulse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class SupervisionTest {
    private static final Duration SILENCE = Duration.ofMinutes(3);

    private final AtomicLong clock = new AtomicLong(5_000_000_000L);
    private final Pulse pulse = new Pulse(clock::get);
    private final List<String> heard = new ArrayList<>();
    private final Supervision supervision = new Supervision(heard::add, Duration.ofSeconds(30), pulse, clock::get);

    @Test
    void aReadyAgentIsToldWithHowItDoesAndThenOnlyWhatHasChanged() {
        AtomicReference<String> status = new AtomicReference<>("Degraded: no Set\nis there");
        supervision.ready(status::get);
        supervision.tell();
        status.set("Serving factory/4");
        supervision.tell();
        supervision.tell();
        assertThat(heard).containsExactly("READY=1\nSTATUS=Degraded: no Set is there", "STATUS=Serving factory/4");
    }

    @Test
    void anAgentThatStartsAgainSaysWhenByTheKernelsClockAndIsReadyAfterwards() {
        supervision.ready(() -> "Serving factory/4");
        supervision.restarting();
        supervision.tell();
        supervision.ready(() -> "Serving factory/4");
        supervision.stopping();
        assertThat(heard)
                .containsExactly(
                        "READY=1\nSTATUS=Serving factory/4",
                        "RELOADING=1\nMONOTONIC_USEC=5000000\nSTATUS=Starting again",
                        "READY=1\nSTATUS=Serving factory/4",
                        "STOPPING=1\nSTATUS=Stopping");
    }

    @Test
    void aLoopThatStandsStillIsNamedInTheLogAndTheWatchdogIsFedNoMore() throws InterruptedException {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(Watchdog.class);
        logger.addAppender(log);
        CountDownLatch stands = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Thread stalled = Thread.ofPlatform().start(pulse.watched("judge-1", SILENCE, () -> {
            Pulse.beat();
            stands.countDown();
            awaitQuietly(goOn);
            Pulse.beat();
            stands.countDown();
        }));
        stands.await();
        try {
            supervision.ready(() -> "Serving factory/4");
            heard.clear();
            supervision.look();
            assertThat(heard).containsExactly("WATCHDOG=1");
            clock.addAndGet(SILENCE.plusSeconds(1).toNanos());
            supervision.look();
            supervision.look();
            assertThat(heard).as("not fed").containsExactly("WATCHDOG=1");
            assertThat(log.list)
                    .singleElement()
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .asString()
                    .contains("The loop judge-1 has made no progress for 181 s, and 180 are allowed");
        } finally {
            goOn.countDown();
            stalled.join();
            logger.detachAppender(log);
        }
        supervision.look();
        assertThat(heard).as("fed again").containsExactly("WATCHDOG=1", "WATCHDOG=1");
    }

    @Test
    void aStartThatTakesLongAsksForMoreTimeAndFeedsNoWatchdog() {
        supervision.look();
        assertThat(heard).containsExactly("EXTEND_TIMEOUT_USEC=120000000");
    }

    @Test
    void theWatchdogIsFedAtHalfOfItsTimeAndOnlyByTheProcessThatItWaitsFor() {
        String own = Long.toString(ProcessHandle.current().pid());
        assertThat(Supervision.feedEvery(Map.of("WATCHDOG_USEC", "60000000", "WATCHDOG_PID", own)))
                .isEqualTo(Duration.ofSeconds(30));
        assertThat(Supervision.feedEvery(Map.of("WATCHDOG_USEC", "60000000"))).isEqualTo(Duration.ofSeconds(30));
        assertThat(Supervision.feedEvery(Map.of("WATCHDOG_USEC", "60000000", "WATCHDOG_PID", "1")))
                .isZero();
        assertThat(Supervision.feedEvery(Map.of("WATCHDOG_USEC", "soon"))).isZero();
        assertThat(Supervision.feedEvery(Map.of())).isZero();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
