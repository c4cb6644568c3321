package dev.picket.ota.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.ota.Hashes;
import dev.picket.ota.Reason;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.WebServer;
import dev.picket.ota.release.Release;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Orders while a fetch stands still. No timeout of the fetch helps: only what the order does ends it within this test's
 * patience, and what came by then stays on the disk.
 */
class OrderDuringFetchTest {
    private static final FetchLimits PATIENT = new FetchLimits(
            Duration.ofMinutes(10),
            Duration.ofMinutes(10),
            Duration.ofMinutes(10),
            Duration.ofMinutes(60),
            0,
            0,
            Duration.ofMinutes(60));

    private static final int MOST_LOOKS = 6_000;

    @TempDir
    Path folder;

    private final WebServer server;
    private Shop shop;
    private Gateway gateway;
    private Release base;
    private Updater updater;
    private int published;
    private Thread thread = Thread.currentThread();

    OrderDuringFetchTest() throws Exception {
        server = new WebServer();
    }

    @BeforeEach
    void aGatewayWithTwoSets() throws Exception {
        shop = new Shop(folder.resolve("shop"));
        base = shop.base("small", "model one");
        gateway = new Gateway(folder.resolve("gateway"), shop.root(), Fetcher.of(server.uri(), PATIENT));
        publish();
        gateway.run();
        publish();
        gateway.run();
        assertThat(gateway.trial.serving).isEqualTo("factory/2");
        updater = gateway.start();
        updater.resume();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRollbackEndsAFetchThatHangsAndTheNextOneGoesOnWhereItWas(boolean silent) throws Exception {
        Drip drip = publishDripping(silent);
        FutureTask<UpdateStatus> poll = start(updater::poll);
        arrived(drip);
        updater.recall("order-1", "factory/2");

        UpdateStatus status = poll.get(60, TimeUnit.SECONDS);
        assertThat(status.step()).isEqualTo(Step.IDLE);
        assertThat(status.last().orElseThrow().reason()).contains(Reason.ORDERED);
        assertThat(updater.rollback("order-1", "factory/2").step()).isEqualTo(Step.ROLLED_BACK);
        assertThat(gateway.trial.serving).isEqualTo("factory/1");
        assertThat(partBytes()).isGreaterThanOrEqualTo(drip.halfLength());

        assertThat(server.asked).noneMatch(each -> each.contains("bytes="));
        server.instead.clear();
        drip.goOn.countDown();
        assertThat(updater.poll().active()).contains("factory/3");
        assertThat(server.asked).anyMatch(each -> each.contains("bytes="));
        assertThat(gateway.saved().refused()).isEmpty();
        InstalledOnDisk.check(gateway);
    }

    @Test
    void anOrderThatIsTakenBackEndsItsOwnFetchAndNoOther() throws Exception {
        Drip drip = publishDripping(true);
        FutureTask<Ended> install = start(() -> updater.install(ordered("order-1", 3)));
        arrived(drip);
        updater.withdraw("order-0");
        updater.goesNext("sets/factory/3.json", true);
        assertThat(install).isNotDone();
        updater.goesNext("", false);
        updater.withdraw("order-1");

        Ended end = install.get(60, TimeUnit.SECONDS);
        assertThat(end.step()).isEqualTo(Step.REJECTED);
        assertThat(end.reason()).contains(Reason.ORDERED);
        assertThat(gateway.saved().step()).isEqualTo(Step.IDLE);
        assertThat(partBytes()).isEqualTo(drip.halfLength());
        assertThat(gateway.trial.serving).isEqualTo("factory/2");
    }

    @Test
    void anOrderOfAnotherSetTakesThePlaceOfWhatTheChannelBrings() throws Exception {
        Drip drip = publishDripping(true);
        FutureTask<UpdateStatus> poll = start(updater::poll);
        arrived(drip);
        updater.goesNext("sets/factory/1.json", false);
        UpdateStatus status = poll.get(60, TimeUnit.SECONDS);
        assertThat(status.step()).isEqualTo(Step.IDLE);
        assertThat(status.candidate()).isEmpty();
        assertThat(status.last().orElseThrow().step()).isEqualTo(Step.COMMITTED);
        assertThat(partBytes()).isEqualTo(drip.halfLength());

        updater.goesNext("", false);
        InstallOrder back = new InstallOrder("order-1", "sets/factory/1.json", true, false);
        assertThat(updater.install(back).step()).isEqualTo(Step.COMMITTED);
        assertThat(gateway.trial.serving).isEqualTo("factory/1");
    }

    @Test
    void anInstallGoesBeforeARolloutsFetchAndARolloutNotBeforeAnInstalls() throws Exception {
        Drip drip = publishDripping(true);
        InstallOrder rollout = new InstallOrder("rollout/r-1", "sets/factory/3.json", false, false, true);
        FutureTask<Ended> begun = start(() -> updater.install(rollout));
        arrived(drip);
        updater.goesNext("sets/factory/1.json", false);
        assertThat(begun).isNotDone();
        updater.goesNext("sets/factory/1.json", true);
        assertThatThrownBy(() -> begun.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("another Set goes first");
        assertThat(gateway.saved().step()).isEqualTo(Step.IDLE);
        assertThat(updater.end("rollout/r-1")).isEmpty();

        updater.goesNext("", false);
        server.instead.clear();
        drip.goOn.countDown();
        assertThat(updater.install(rollout).step()).isEqualTo(Step.COMMITTED);
    }

    @Test
    void anInstallThatAnotherTookThePlaceOfIsToldSo() throws Exception {
        Drip drip = publishDripping(true);
        FutureTask<Ended> install = start(() -> updater.install(ordered("order-1", 3)));
        arrived(drip);
        updater.goesNext("sets/factory/1.json", true);
        Ended end = install.get(60, TimeUnit.SECONDS);
        assertThat(end.reason()).contains(Reason.ORDERED);
        assertThat(end.sentence()).contains("took its place");
        updater.goesNext("", false);
        assertThat(updater.install(ordered("order-1", 3))).isEqualTo(end);
    }

    @Test
    void anAgentThatStopsEndsAFetchThatHangsAndTheNextOneGoesOn() throws Exception {
        Drip drip = publishDripping(true);
        FutureTask<UpdateStatus> poll = start(updater::poll);
        arrived(drip);
        thread.interrupt();
        assertThatThrownBy(() -> poll.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(InterruptedException.class);
        assertThat(gateway.saved().step()).isEqualTo(Step.FETCHING);
        assertThat(partBytes()).isEqualTo(drip.halfLength());

        server.instead.clear();
        drip.goOn.countDown();
        assertThat(gateway.run().active()).contains("factory/3");
        assertThat(server.asked).anyMatch(each -> each.contains("bytes=" + drip.halfLength() + "-"));
    }

    @Test
    void whatIsFetchedIsLetGoWhereUpdatesAreSwitchedOff() throws Exception {
        Drip drip = publishDripping(true);
        FutureTask<UpdateStatus> poll = start(updater::poll);
        arrived(drip);
        thread.interrupt();
        assertThatThrownBy(() -> poll.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(InterruptedException.class);

        Updater off = gateway.start();
        off.resume();
        off.letGo();
        assertThat(off.status().step()).isEqualTo(Step.IDLE);
        assertThat(off.status().candidate()).isEmpty();
        assertThat(gateway.trial.serving).isEqualTo("factory/2");
    }

    @Test
    void aRollbackWaitsForNoRefreshThatHangs() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        server.instead.put("metadata/timestamp.json", exchange -> {
            asked.countDown();
            new Drip(new byte[0], true).handle(exchange);
        });
        FutureTask<UpdateStatus> poll = start(updater::poll);
        await(asked);
        updater.recall("order-1", "factory/2");
        assertThat(poll.get(60, TimeUnit.SECONDS).step()).isEqualTo(Step.IDLE);
        assertThat(updater.rollback("order-1", "factory/2").step()).isEqualTo(Step.ROLLED_BACK);
        assertThat(gateway.trial.serving).isEqualTo("factory/1");
    }

    @Test
    void anInstallIsPreparedThoughARolloutWaitsAndARolloutNotWhileAnInstallDoes() throws Exception {
        publish();
        updater.goesNext("sets/factory/1.json", false);
        assertThat(updater.poll().active()).as("the channel waits").contains("factory/2");
        updater.goesNext("sets/factory/1.json", true);
        InstallOrder rollout = new InstallOrder("rollout/r-1", "sets/factory/3.json", false, false, true);
        assertThatThrownBy(() -> updater.install(rollout)).isInstanceOf(CutInException.class);

        updater.goesNext("sets/factory/1.json", false);
        assertThat(updater.install(ordered("order-1", 3)).step()).isEqualTo(Step.COMMITTED);
        assertThat(gateway.trial.serving).isEqualTo("factory/3");
    }

    @Test
    void aRepairThatHangsEndsForARollbackAndForTheOrderItIsDoneForBeingTakenBack() throws Exception {
        gateway.trial.checkBytes = true;
        Path exam = gateway.set("factory-2").resolve("tasks/fraud/exam.jsonl");
        byte[] file = Files.readAllBytes(exam);
        Files.writeString(exam, "rot");
        updater = gateway.start();
        updater.resume();
        assertThat(gateway.trial.serving).isEqualTo("factory/1");
        Drip drip = new Drip(file, true);
        server.instead.put("blobs/" + Hashes.sha256(file), drip);
        FutureTask<UpdateStatus> poll = start(updater::poll);
        await(drip.half);
        updater.recall("order-1", "factory/2");
        poll.get(60, TimeUnit.SECONDS);
        updater.recall("", "");

        publish();
        Drip again = new Drip(file, true);
        server.instead.put("blobs/" + Hashes.sha256(file), again);
        FutureTask<Ended> install = start(() -> updater.install(ordered("order-2", 3)));
        await(again.half);
        updater.withdraw("order-2");
        assertThat(install.get(60, TimeUnit.SECONDS).reason()).contains(Reason.ORDERED);

        server.instead.clear();
        assertThat(updater.rollback("order-1", "factory/2").step()).isEqualTo(Step.ROLLED_BACK);
    }

    private static InstallOrder ordered(String id, int counter) {
        return new InstallOrder(id, "sets/factory/" + counter + ".json", false, false);
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    }

    /** The half that was sent is on the disk. */
    private void arrived(Drip drip) throws Exception {
        await(drip.half);
        for (int i = 0; i < MOST_LOOKS && partBytes() < drip.halfLength(); i++) {
            assertThat(new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS)).isFalse();
        }
    }

    private <T> FutureTask<T> start(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        thread = Thread.ofPlatform().daemon().start(task);
        return task;
    }

    /** Bytes of the one download that has not ended. */
    private long partBytes() throws Exception {
        String part = gateway.names("blobs").stream()
                .filter(each -> each.endsWith(".part"))
                .findFirst()
                .orElse("");
        return part.isEmpty() ? 0 : Files.size(gateway.folder.resolve("blobs").resolve(part));
    }

    private Drip publishDripping(boolean silent) throws Exception {
        publish();
        byte[] file = content(published).getBytes(StandardCharsets.UTF_8);
        Drip drip = new Drip(file, silent);
        server.instead.put("blobs/" + Hashes.sha256(file), drip);
        return drip;
    }

    private void publish() throws Exception {
        shop.task("fraud", base.digest(), content(++published));
        shop.release("small", "fraud");
        server.serve(shop.served());
    }

    private static String content(int n) {
        return ("exam " + n + " ").repeat(4_000);
    }
}
