package dev.picket.agent.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.config.DriftConfig;
import dev.picket.inference.Signals;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.drift.Observation;
import dev.picket.inference.drift.TextHash;
import dev.picket.ota.RejectedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the released task's own baseline, a clock that is moved, and the file that is left on disk. */
class DriftWatchTest {
    private static final Path FRAUD =
            Path.of(System.getProperty("picket.root"), "models", "released", "tasks", "fraud");
    private static final String FIRST = "1".repeat(64);
    private static final String SECOND = "2".repeat(64);
    private static final int HAM = 0;
    private static final int SMISHING = 2;
    /** Panes of an hour. */
    private static final DriftConfig CONFIG = new DriftConfig(
            true, 120, Duration.ofHours(6), 100, Duration.ofHours(6), 0.15, 0.15, 0.1, 8192, Duration.ofMinutes(15));

    @TempDir
    private Path folder;

    private final Moving clock = new Moving();
    private final One serving = new One();
    private boolean settled = true;
    private long texts;
    private DriftWatch watch;

    private static final class Moving extends Clock {
        private Instant now = Instant.parse("2026-11-21T06:00:00Z");

        @Override
        public Instant instant() {
            return now;
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

    /** One task, under the digest that it is told. */
    private static final class One implements DriftWatch.Serving {
        private String digest = FIRST;
        private final TaskManifest manifest;

        One() {
            try {
                manifest = TaskFolder.read(FRAUD).manifest();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Map<String, String> taskDigests() {
            return Map.of("fraud", digest);
        }

        @Override
        public Optional<TaskManifest> manifest(String task, String wanted) {
            return wanted.equals(digest) ? Optional.of(manifest) : Optional.empty();
        }
    }

    @BeforeEach
    void open() {
        watch = open(CONFIG);
    }

    private DriftWatch open(DriftConfig config) {
        return DriftWatch.open(config, folder, serving, () -> settled, clock);
    }

    private Observation text(int label) {
        long hash = TextHash.of("message " + ++texts, 42);
        return new Observation("fraud", serving.digest, "line", hash, label, 0.99, new Signals(10, 40, null, 0.1));
    }

    private void hours(int hours, int label) {
        for (int hour = 0; hour < hours; hour++) {
            List<Observation> seen = new ArrayList<>();
            for (int i = 0; i < 25; i++) {
                seen.add(text(i % 5 == 0 ? SMISHING : label));
            }
            watch.saw(seen);
            clock.now = clock.now.plus(Duration.ofHours(1));
            watch.round();
        }
    }

    private TaskDrift only() {
        assertThat(watch.now()).hasSize(1);
        return watch.now().getFirst();
    }

    private void frozen() {
        watch.round();
        hours(6, HAM);
        assertThat(only().phase()).isEqualTo("watching");
    }

    private String onDisk() throws IOException {
        return Files.readString(folder.resolve("drift.json"));
    }

    @Test
    void aDriftIsATroubleThatOutlivesARestartAndEndsInASentence() throws Exception {
        frozen();
        hours(6, SMISHING);
        assertThat(only().alarms()).extracting(TaskDrift.Standing::of).containsExactly("labels");
        String sentence = watch.troubles().getFirst();
        assertThat(sentence)
                .startsWith("Task 'fraud' drifts: the mix of labels has shifted (Cramér's V) by 0.")
                .contains("against the baseline of 2026-11-21T12:00:00Z; look at its latest verdicts")
                .endsWith(".");
        assertThat(onDisk()).contains("\"alarms\":[{\"of\":\"labels\"");

        watch = open(CONFIG);
        assertThat(watch.now()).as("what serves is not known yet").isEmpty();
        hours(1, SMISHING);
        assertThat(watch.troubles()).containsExactly(sentence);
        assertThat(only().frozen()).isEqualTo("2026-11-21T12:00:00Z");

        hours(12, HAM);
        assertThat(watch.troubles()).isEmpty();
        assertThat(only().ended()).startsWith("The drift of task 'fraud', where the mix of labels has shifted");
        assertThat(onDisk()).contains("\"alarms\":[]", "\"ended\":{\"of\":\"labels\"");
    }

    @Test
    void anAcceptedDriftIsNoTroubleAnyMoreAndOnDiskWhenThatIsSaid() throws Exception {
        frozen();
        assertThatThrownBy(() -> watch.accept("fraud"))
                .isInstanceOf(RejectedException.class)
                .hasMessage("No drift of task 'fraud' stands, so there is nothing to accept.");
        assertThatThrownBy(() -> watch.accept("severity"))
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("'severity'");
        hours(6, SMISHING);
        assertThat(watch.accept("fraud"))
                .isEqualTo("The drift of task 'fraud' is accepted, where the mix of labels has shifted (Cramér's V);"
                        + " what it sees from now on becomes its baseline.");
        assertThat(watch.troubles()).isEmpty();
        String when = clock.now.toString();
        assertThat(onDisk()).contains("\"alarms\":[]", "\"phase\":\"collecting\"", "\"accepted\":\"" + when);

        watch = open(CONFIG);
        hours(14, SMISHING);
        assertThat(only().phase()).isEqualTo("watching");
        assertThat(only().accepted()).isEqualTo(when);
        assertThat(watch.troubles()).isEmpty();
    }

    @Test
    void whatAFirstStageAnsweredIsNotCounted() {
        Observation sure = text(HAM);
        watch.saw(List.of(new Observation("fraud", SECOND, "line", sure.text(), SMISHING, 1, Signals.NONE), text(HAM)));
        assertThat(only().texts()).isOne();
    }

    @Test
    void aKillLosesNoMoreThanWasCountedSinceTheLastSave() throws Exception {
        watch.round();
        hours(3, HAM);
        int counted = only().texts();
        watch.saw(List.of(text(HAM)));
        watch = open(CONFIG);
        watch.round();
        assertThat(only().texts()).isEqualTo(counted);
        assertThat(only().progress()).isEqualTo(0.5);
    }

    @Test
    void theGapToTheDeskIsShownAndIsNoTrouble() {
        watch.round();
        hours(4, SMISHING);
        assertThat(only().gap())
                .extracting(TaskDrift.Effect::of)
                .containsExactly("labels", "confidence", "distance", "tokens-per-character");
        assertThat(only().gap().getFirst().effect()).isGreaterThan(0.5);
        assertThat(only().pictures()).allSatisfy(each -> assertThat(each.desk()).hasSameSizeAs(each.names()));
        assertThat(watch.troubles()).isEmpty();
    }

    @Test
    void anotherDigestStartsAnewAndTheOneBeforeFindsItsBaselineAgain() {
        frozen();
        settled = false;
        serving.digest = SECOND;
        watch.round();
        assertThat(only().phase()).isEqualTo("settling");
        hours(2, SMISHING);
        assertThat(only().phase()).isEqualTo("settling");
        serving.digest = FIRST;
        settled = true;
        watch.round();
        assertThat(only().phase()).isEqualTo("watching");
        assertThat(only().frozen()).isEqualTo("2026-11-21T12:00:00Z");
    }

    @Test
    void theBaselineOfASetThatServesAgainOutlivesTheNextUpdateToo() throws Exception {
        frozen();
        serve(SECOND);
        serve(FIRST);
        serve("3".repeat(64));
        watch.save();
        watch = open(CONFIG);
        serve(FIRST);
        assertThat(only().frozen()).isEqualTo("2026-11-21T12:00:00Z");
        assertThat(onDisk()).doesNotContain(SECOND);
    }

    private void serve(String digest) {
        serving.digest = digest;
        watch.round();
    }

    @Test
    void anEffectThatRoundingBroughtAboveOneLosesNoBaseline() throws Exception {
        frozen();
        hours(6, SMISHING);
        watch.save();
        String rounded = onDisk().replaceFirst("\"effect\":[0-9.]+", "\"effect\":1.0000000000000002");
        assertThat(rounded).contains("1.0000000000000002");
        Files.writeString(folder.resolve("drift.json"), rounded);
        watch = open(CONFIG);
        watch.round();
        assertThat(only().frozen()).isEqualTo("2026-11-21T12:00:00Z");
        assertThat(only().alarms().getFirst().effect()).isOne();
    }

    @Test
    void answersOfASetThatHasLeftAreNotCounted() {
        Observation old = text(HAM);
        serving.digest = SECOND;
        watch.saw(List.of(old, text(HAM)));
        assertThat(only().texts()).isOne();
    }

    @Test
    void noTextAndNoHashIsOnDisk() throws Exception {
        watch.round();
        Observation seen = text(HAM);
        watch.saw(List.of(seen));
        watch.save();
        assertThat(onDisk())
                .doesNotContain("message", Long.toString(seen.text()), Long.toHexString(seen.text()))
                .contains("\"digest\":\"" + FIRST);
        assertThat(onDisk().length()).isLessThan(2_000);
    }

    @Test
    void aFileThatCannotBeReadIsAsNoneAndTheNextSaveReplacesIt() throws Exception {
        for (String damaged : List.of("", "{", "{\"format\":2,\"watches\":[]}", "{\"format\":1,\"watches\":[{}]}")) {
            Files.writeString(folder.resolve("drift.json"), damaged);
            watch = open(CONFIG);
            watch.round();
            watch.saw(List.of(text(HAM)));
            watch.save();
            assertThat(onDisk()).startsWith("{\"format\":1,\"watches\":[{\"task\":\"fraud\"");
        }
        String whole = onDisk();
        for (int at = 0; at < whole.length(); at += 7) {
            Files.writeString(folder.resolve("drift.json"), whole.substring(0, at) + "9" + whole.substring(at + 1));
            watch = open(CONFIG);
            watch.round();
            assertThat(watch.now()).hasSize(1);
        }
    }

    @Test
    void aDiskThatTakesNothingIsATroubleAndCountingGoesOn() throws Exception {
        watch = DriftWatch.open(CONFIG, folder.resolve("gone"), serving, () -> true, clock);
        watch.round();
        hours(1, HAM);
        assertThat(watch.troubles())
                .singleElement()
                .asString()
                .startsWith("What the drift watch has counted cannot be saved")
                .endsWith("set drift.enabled to false.");
        Files.createDirectory(folder.resolve("gone"));
        hours(1, HAM);
        assertThat(watch.troubles()).isEmpty();
        assertThat(folder.resolve("gone/drift.json")).exists();
    }

    @Test
    void switchedOffItCountsAndWritesNothing() {
        watch = open(new DriftConfig(
                false,
                100,
                Duration.ofHours(6),
                100,
                Duration.ofHours(6),
                0.15,
                0.15,
                0.1,
                64,
                Duration.ofMinutes(15)));
        hours(8, HAM);
        assertThat(watch.now()).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }
}
