package dev.picket.ota.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.ota.Hashes;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.release.SetManifest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * A month of one gateway in virtual time: 200 Sets, good and bad in random order, the process killed at random, the clock
 * at random in 1970, in 2100 or behind. Whatever comes, the gateway serves, never a Set that was found bad, keeps its disk
 * bounded, and has the newest good Set in the end.
 */
final class Month {
    private static final int SETS = 200;
    private static final Duration BETWEEN = Duration.ofDays(30).dividedBy(SETS);
    /** The active Set, the two before it, and the one on trial. */
    private static final int MOST_SETS = 4;

    /** A base and what differs between two Sets. */
    private static final int MOST_FILES = 4 + 2 * MOST_SETS;

    private static final List<Step> STEPS = List.of(Step.values());
    private static final List<Instant> WRONG_CLOCKS =
            List.of(Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"), Shop.NOW.minus(Duration.ofDays(400)));

    private final Random chance;
    private final Shop shop;
    private final String base;
    private final Gateway gateway;
    private Instant now = Shop.NOW;
    private final Map<String, Mood> moods = new HashMap<>();
    private String newestGood = "";
    private int lives;

    Month(Path folder, long seed) throws Exception {
        this.chance = new Random(seed);
        this.shop = new Shop(folder.resolve("shop"));
        this.base = shop.base("small", "the model").digest();
        this.gateway = new Gateway(
                folder.resolve("gateway"), shop.root(), Fetcher.of(shop.served().toUri(), FetchLimits.DEFAULT));
    }

    void live() throws Exception {
        publish(0, Mood.GOOD);
        life(false);
        assertThat(gateway.trial.serving).isEqualTo(newestGood);

        for (int number = 1; number < SETS; number++) {
            now = now.plus(BETWEEN);
            publish(number, Mood.of(chance));
            boolean killed = chance.nextInt(3) == 0;
            for (int life = chance.nextInt(3); life >= 0; life--) {
                gateway.clock = chance.nextInt(4) == 0 ? WRONG_CLOCKS.get(chance.nextInt(WRONG_CLOCKS.size())) : now;
                life(killed && life > 0);
            }
        }

        gateway.clock = now;
        shop.repository().pointChannel("stable", "sets/" + newestGood + ".json");
        shop.publish(now);
        for (int life = 0; life < 4; life++) {
            life(false);
        }
        assertThat(gateway.trial.serving).as("after %d lives", lives).isEqualTo(newestGood);
        assertThat(gateway.saved().step()).isEqualTo(Step.IDLE);
    }

    private void publish(int number, Mood mood) throws Exception {
        String exam = mood.exam(number);
        shop.task("fraud", base, exam);
        SetManifest set = shop.repository().addSet("factory", "small", List.of("fraud"));
        shop.repository().pointChannel("stable", set.path());
        shop.publish(now);
        String label = "factory/" + set.counter();
        moods.put(label, mood);
        if (mood == Mood.GOOD) {
            newestGood = label;
        }
        if (mood == Mood.TAMPERED) {
            byte[] bytes = exam.getBytes(StandardCharsets.UTF_8);
            Files.write(
                    shop.served().resolve("blobs/" + Hashes.sha256(bytes)),
                    exam.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
        }
    }

    /** One process, from its start to its end or its death, and what must hold behind it. */
    private void life(boolean killed) throws Exception {
        lives++;
        int deathAt = chance.nextInt(12);
        int[] moment = {0};
        Runnable mayDie = () -> {
            if (killed && moment[0]++ == deathAt) {
                throw new FakeTrial.Killed();
            }
        };
        gateway.dieAfterSaving = killed && chance.nextBoolean() ? STEPS.get(chance.nextInt(STEPS.size())) : null;
        try {
            Updater updater = gateway.startWith(new MoodTrial(mayDie));
            updater.resume();
            assertServing();
            updater.poll();
            assertServing();
        } catch (FakeTrial.Killed _) {
            // The next life goes on.
        } catch (UnavailableException e) {
            assertThat(gateway.clock)
                    .as("it was refused for the clock alone: %s", e.getMessage())
                    .isNotEqualTo(now);
            assertServing();
        } finally {
            gateway.dieAfterSaving = null;
        }
        InstalledOnDisk.check(gateway);
        assertThat(gateway.names("sets")).hasSizeLessThanOrEqualTo(MOST_SETS);
        assertThat(gateway.names("blobs")).hasSizeLessThanOrEqualTo(MOST_FILES);
    }

    private void assertServing() throws Exception {
        UpdateState saved = gateway.saved();
        InstalledSet active = saved.active();
        if (lives > 1) {
            assertThat(gateway.trial.serving).as("after %d lives", lives).isNotNull();
        }
        if (active != null && saved.step() == Step.IDLE) {
            assertThat(gateway.trial.serving).isEqualTo(active.label());
            assertThat(moods.get(active.label())).as(active.label()).isEqualTo(Mood.GOOD);
        }
    }
}
