package dev.picket.agent.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.ReleaseShop;
import dev.picket.agent.uplink.Mosquitto;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rollouts over a real broker, to gateways that hold a real update machine. */
class RolloutFlowTest {
    private static final String FIRST = "factory/1";
    private static final String SECOND = "factory/2";

    @TempDir
    Path folder;

    private Mosquitto broker;
    private RolloutDesk desk;
    private ReleaseShop shop;

    @BeforeEach
    void aShopWithTwoSetsWhoseChannelNamesTheFirst() throws Exception {
        broker = Mosquitto.start(folder);
        desk = new RolloutDesk(broker.uri());
        shop = new ReleaseShop(folder.resolve("shop"));
        shop.publish("1");
        shop.publish("2");
        shop.commandKeys(desk.signer.jwk(List.of("rollout"), List.of("plant")));
        shop.pointAt(FIRST);
    }

    @AfterEach
    void stop() {
        desk.close();
        broker.close();
    }

    private Gateway.Setting setting(String name) {
        return new Gateway.Setting(folder, name, broker.uri(), shop);
    }

    private Gateway gateway(String name) throws Exception {
        Gateway gateway = Gateway.start(setting(name));
        gateway.awaitProved(FIRST);
        return gateway;
    }

    @Test
    void itReachesItsShareFirstAndThenAllAndEachGatewayTellsItsSteps() throws Exception {
        List<String> names = List.of("press-4", "mill-1", "oven-7");
        List<String> byPlace = names.stream()
                .sorted((a, b) -> Integer.compare(Rollout.place(a, "r1"), Rollout.place(b, "r1")))
                .toList();
        try (Gateway near = gateway(byPlace.get(0));
                Gateway next = gateway(byPlace.get(1));
                Gateway far = gateway(byPlace.get(2))) {
            near.trial.hold("examine");
            near.trial.hold("shadow");
            near.trial.hold("probation");
            int some = Rollout.place(byPlace.get(1), "r1") + 1;
            Rollout first = Orders.active("r1", 1).next(Rollout.State.ACTIVE, some);
            desk.say(first);
            next.awaitProved(SECOND);
            desk.awaits(byPlace.get(1), "r1", "proved");
            desk.awaits(byPlace.get(0), "r1", "examined");
            near.trial.release("examine");
            desk.awaits(byPlace.get(0), "r1", "shadowing");
            near.trial.release("shadow");
            desk.awaits(byPlace.get(0), "r1", "installed");
            near.trial.release("probation");
            desk.awaits(byPlace.get(0), "r1", "proved");
            assertThat(desk.last(byPlace.get(2), "r1")).isEmpty();
            assertThat(far.status().active()).contains(FIRST);

            desk.say(first.next(Rollout.State.ACTIVE, 100));
            desk.awaits(byPlace.get(2), "r1", "proved");
            assertThat(far.trial.serving()).isEqualTo(SECOND);
            far.pollNow();
            far.awaitProved(SECOND);
        }
    }

    @Test
    void onlyGatewaysOfItsGroupsAreMeant() throws Exception {
        Gateway.Setting usual = setting("press-4");
        Gateway.Setting north = new Gateway.Setting(
                folder, "press-4", broker.uri(), shop, List.of("north", "pilot"), Clock.systemUTC());
        assertThat(usual.groups()).isEmpty();
        try (Gateway gateway = Gateway.start(north)) {
            gateway.awaitProved(FIRST);
            desk.say(inGroups("r1", "south"));
            desk.say(inGroups("r2", "south", "pilot"));
            desk.awaits("press-4", "r2", "proved");
            assertThat(desk.last("press-4", "r1")).isEmpty();
        }
    }

    @Test
    void aPausedOneWaitsAndGoesOnWithItsNextRevision() throws Exception {
        try (Gateway gateway = gateway("press-4")) {
            Rollout paused =
                    Orders.at("r1", 1, Rollout.State.PAUSED, Instant.now().plusSeconds(3600));
            desk.say(paused);
            assertThat(desk.awaits("press-4", "r1", "scheduled")).contains("paused");
            assertThat(gateway.trial.serving()).isEqualTo(FIRST);
            desk.say(paused.next(Rollout.State.ACTIVE, 100));
            desk.awaits("press-4", "r1", "proved");
        }
    }

    @Test
    void oneThatIsAbortedBeforeTheSwitchChangesNothing() throws Exception {
        try (Gateway gateway = gateway("press-4")) {
            gateway.trial.hold("shadow");
            Rollout rollout = Orders.active("r1", 1);
            desk.say(rollout);
            desk.awaits("press-4", "r1", "shadowing");
            desk.say(rollout.next(Rollout.State.ABORTED, 100));
            desk.awaitsReport(
                    "press-4", report -> report.at("/rollouts/0/revision").asLong() == 2);
            gateway.trial.release("shadow");
            desk.awaits("press-4", "r1", "rejected aborted");
            assertThat(gateway.trial.serving()).isEqualTo(FIRST);
            assertThat(desk.states("press-4", "r1")).doesNotContain("installed");

            desk.say(Orders.active("r2", 1));
            desk.awaits("press-4", "r2", "proved");
        }
    }

    @Test
    void oneThatIsAbortedOnProbationGoesBackAndOneThatIsProvedStays() throws Exception {
        try (Gateway gateway = gateway("press-4")) {
            gateway.trial.hold("probation");
            Rollout rollout = Orders.active("r1", 1);
            desk.say(rollout);
            desk.awaits("press-4", "r1", "installed");
            assertThat(gateway.trial.serving()).isEqualTo(SECOND);
            desk.say(rollout.next(Rollout.State.ABORTED, 100));
            desk.awaits("press-4", "r1", "rolled-back aborted");
            gateway.awaitProved(FIRST);
            assertThat(gateway.trial.serving()).isEqualTo(FIRST);
            gateway.trial.release("probation");

            Rollout again = Orders.active("r2", 1);
            desk.say(again);
            desk.awaits("press-4", "r2", "proved");
            desk.say(again.next(Rollout.State.ABORTED, 100));
            desk.awaitsReport(
                    "press-4", report -> report.at("/rollouts/0/revision").asLong() == 2);
            assertThat(desk.last("press-4", "r2")).isEqualTo("proved");
            assertThat(gateway.trial.serving()).isEqualTo(SECOND);
        }
    }

    @Test
    void whatFailsItsTrialIsToldWithItsReason() throws Exception {
        try (Gateway gateway = gateway("press-4")) {
            gateway.trial.failAt("examine");
            desk.say(Orders.active("r1", 1));
            assertThat(desk.awaits("press-4", "r1", "rejected exam-failed")).contains("Told to fail");
            gateway.trial.failAt("probation");
            shop.publish("3");
            shop.pointAt(FIRST);
            desk.say(of("r2", "factory/3"));
            desk.awaits("press-4", "r2", "rolled-back probation-failed");
            assertThat(gateway.trial.serving()).isEqualTo(FIRST);
            gateway.trial.failAt("");
            desk.say(of("r3", "factory/3"));
            desk.awaits("press-4", "r3", "rejected failed-before");
        }
    }

    @Test
    void anOlderSetNeedsItsWord() throws Exception {
        try (Gateway gateway = gateway("press-4")) {
            desk.say(Orders.active("r1", 1));
            desk.awaits("press-4", "r1", "proved");
            desk.say(of("r2", FIRST));
            desk.awaits("press-4", "r2", "rejected older");
            Rollout back = of("r3", FIRST);
            desk.say(
                    new Rollout(back.id(), 1, FIRST, Set.of(), 100, Rollout.State.ACTIVE, null, back.notAfter(), true));
            desk.awaits("press-4", "r3", "proved");
            gateway.awaitProved(FIRST);
        }
    }

    @Test
    void whatIsReplayedUnsignedForAnotherSiteTooLargeOrNoJsonIsCountedAndDoesNothing() throws Exception {
        try (Gateway gateway = gateway("press-4")) {
            Rollout rollout =
                    Orders.at("r1", 5, Rollout.State.PAUSED, Instant.now().plusSeconds(3600));
            desk.say(rollout);
            desk.awaits("press-4", "r1", "scheduled");
            Instant now = Instant.now();
            Rollout active = Orders.active("r1", 4);
            desk.retain("r1", desk.signer.sign(Orders.claims(active, now)));
            desk.retain(
                    "r2", Orders.claims(Orders.active("r2", 1), now).toString().getBytes(StandardCharsets.UTF_8));
            desk.retain(
                    "r2",
                    desk.signer.sign(Orders.claims(Orders.active("r2", 1), now).put("aud", "other/*")));
            desk.retain("r3", desk.signer.sign(Orders.claims(Orders.active("r2", 1), now)));
            desk.retain("r3", new byte[5_000]);
            desk.retain("r3", desk.signer.signText("{\"verb\":"));
            // The same revision with another content, the same again, and nothing at all.
            desk.retain("r1", desk.signer.sign(Orders.claims(Orders.active("r1", 5), now)));
            desk.say(rollout);
            desk.retain("r1", new byte[0]);
            desk.awaitsReport("press-4", report -> {
                var refused = report.path("rolloutsRefused");
                return refused.path("replayed").asInt() == 2
                        && refused.path("bad-token").asInt() == 1
                        && refused.path("wrong-audience").asInt() == 1
                        && refused.path("verb-differs").asInt() == 1
                        && refused.path("too-large").asInt() == 1
                        && refused.path("bad-claims").asInt() == 1;
            });
            assertThat(desk.last("press-4", "r1")).isEqualTo("scheduled");
            assertThat(gateway.trial.serving()).isEqualTo(FIRST);
            desk.say(rollout.next(Rollout.State.ACTIVE, 100));
            desk.awaits("press-4", "r1", "proved");
            assertThat(desk.last("press-4", "r2")).isEmpty();
        }
    }

    @Test
    void afterNotAfterItIsNotBegunThoughTheClockGoesBackAndARestartComes() throws Exception {
        MovedClock clock = new MovedClock();
        Gateway.Setting setting = new Gateway.Setting(folder, "press-4", broker.uri(), shop, List.of(), clock);
        Rollout rollout = Orders.at("r1", 1, Rollout.State.PAUSED, Instant.now().plusSeconds(600));
        try (Gateway gateway = Gateway.start(setting)) {
            gateway.awaitProved(FIRST);
            desk.say(rollout);
            desk.awaits("press-4", "r1", "scheduled");
            clock.ahead = Duration.ofSeconds(700);
            desk.awaits("press-4", "r1", "timed-out");
        }
        clock.ahead = Duration.ZERO;
        try (Gateway gateway = Gateway.start(setting)) {
            gateway.awaitProved(FIRST);
            desk.say(rollout);
            desk.say(of("r2", "factory/99"));
            assertThat(desk.awaits("press-4", "r2", "scheduled")).isNotNull();
            assertThat(desk.last("press-4", "r1")).isEqualTo("timed-out");
            desk.say(rollout.next(Rollout.State.ACTIVE, 100));
            desk.awaits("press-4", "r1", "proved");
        }
    }

    @Test
    void itWaitsForItsWindow() throws Exception {
        MovedClock clock = new MovedClock();
        try (Gateway gateway =
                Gateway.start(new Gateway.Setting(folder, "press-4", broker.uri(), shop, List.of(), clock))) {
            gateway.awaitProved(FIRST);
            Instant now = Instant.now();
            Window later = new Window(
                    now.plusSeconds(7_200)
                            .atOffset(ZoneOffset.UTC)
                            .toLocalTime()
                            .withNano(0),
                    now.plusSeconds(14_400)
                            .atOffset(ZoneOffset.UTC)
                            .toLocalTime()
                            .withNano(0),
                    ZoneOffset.UTC);
            Rollout usual = Orders.active("r1", 1);
            desk.say(new Rollout("r1", 1, SECOND, Set.of(), 100, Rollout.State.ACTIVE, later, usual.notAfter(), false));
            assertThat(desk.awaits("press-4", "r1", "scheduled")).contains("window");
            clock.ahead = Duration.ofHours(3);
            desk.awaits("press-4", "r1", "proved");
        }
    }

    @Test
    void expiredMetadataAndASetThatIsNotThereYetAreWaitedFor() throws Exception {
        MovedClock clock = new MovedClock();
        try (Gateway gateway =
                Gateway.start(new Gateway.Setting(folder, "press-4", broker.uri(), shop, List.of(), clock))) {
            gateway.awaitProved(FIRST);
            clock.ahead = Duration.ofDays(80);
            Instant notAfter = Instant.now().plus(Duration.ofDays(85));
            desk.say(Orders.at("r1", 1, Rollout.State.ACTIVE, notAfter));
            desk.awaitsReport(
                    "press-4",
                    report -> report.at("/rollouts/0/sentence").asText().contains("expired"));
            assertThat(gateway.trial.serving()).isEqualTo(FIRST);
            clock.ahead = Duration.ZERO;
            desk.awaits("press-4", "r1", "proved");

            desk.say(of("r2", "factory/3"));
            desk.awaitsReport(
                    "press-4",
                    report -> report.at("/rollouts/0/sentence").asText().contains("sets/factory/3.json"));
            shop.publish("3");
            desk.awaits("press-4", "r2", "proved");
        }
    }

    private static Rollout of(String id, String set) {
        Rollout usual = Orders.active(id, 1);
        return new Rollout(id, 1, set, Set.of(), 100, Rollout.State.ACTIVE, null, usual.notAfter(), false);
    }

    private static Rollout inGroups(String id, String... groups) {
        Rollout usual = Orders.active(id, 1);
        return new Rollout(id, 1, SECOND, Set.of(groups), 100, Rollout.State.ACTIVE, null, usual.notAfter(), false);
    }

    /** The system's clock, moved. */
    private static final class MovedClock extends Clock {
        private volatile Duration ahead = Duration.ZERO;

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
