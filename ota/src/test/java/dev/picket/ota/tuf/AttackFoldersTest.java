package dev.picket.ota.tuf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.ota.RejectedException;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Plays every folder of {@code src/test/resources/tuf/attacks} against the client, see the README there. */
class AttackFoldersTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Path ATTACKS =
            Path.of(System.getProperty("picket.root"), "ota/src/test/resources/tuf/attacks");

    @TempDir
    Path temporary;

    static List<String> attacks() throws IOException {
        try (Stream<Path> folders = Files.list(ATTACKS)) {
            return folders.filter(Files::isDirectory)
                    .map(each -> each.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void noAttackIsLost() throws IOException {
        assertThat(attacks()).hasSizeGreaterThanOrEqualTo(44);
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void theClientAnswersAsExpectedAndHoldsWhatItShould(String attack) throws Exception {
        Path folder = ATTACKS.resolve(attack);
        Fields expected = StrictJson.parse(attack, Files.readAllBytes(folder.resolve("expected.json")));
        TrustedTargets targets = null;
        int step = 0;
        for (String answer : expected.texts("steps", 10)) {
            step++;
            serve(folder.resolve(String.valueOf(step)));
            TrustedTargets refreshed = refresh(folder, answer + " at step " + step);
            targets = refreshed == null ? targets : refreshed;
        }
        if (targets != null) {
            finds(targets, expected);
        }
        onDisk(expected);
    }

    private @Nullable TrustedTargets refresh(Path folder, String expected) throws Exception {
        byte[] root = Files.readAllBytes(folder.resolve("1/metadata/1.root.json"));
        Retry once = new Retry(1, Duration.ofMillis(1), Duration.ofMillis(1), wait -> {});
        Fetcher fetcher = Fetcher.of(served().toUri(), FetchLimits.DEFAULT);
        TufClient client = new TufClient(trusted(), root, fetcher, TufLimits.DEFAULT, once);
        TrustedTargets[] targets = new TrustedTargets[1];
        String answer = answer(() -> targets[0] = client.refresh(NOW));
        assertThat(expected).startsWith(answer + " ");
        return targets[0];
    }

    private static void finds(TrustedTargets targets, Fields expected) throws Exception {
        for (Map.Entry<String, String> each : texts(expected, "find").entrySet()) {
            String found = answer(() -> find(targets, each.getKey()));
            assertThat(found).as("find " + each.getKey()).isEqualTo(each.getValue());
        }
        for (Map.Entry<String, String> each : texts(expected, "download").entrySet()) {
            TargetFile target = targets.find(each.getKey()).orElseThrow();
            String downloaded = answer(() -> targets.download(target, 10_000));
            assertThat(downloaded).as("download " + each.getKey()).isEqualTo(each.getValue());
        }
        for (String each : list(expected, "absentAtTop")) {
            assertThat(targets.findAtTop(each)).as(each).isEmpty();
        }
    }

    private static void find(TrustedTargets targets, String path) throws Exception {
        if (targets.find(path).isEmpty()) {
            throw Fetcher.missing(path, "no role lists it");
        }
    }

    private void onDisk(Fields expected) throws Exception {
        Fields versions = expected.has("onDisk") ? expected.object("onDisk") : new Fields("none", StrictJson.object());
        for (Map.Entry<String, ?> each : versions.node().properties()) {
            Fields role =
                    StrictJson.parse(each.getKey(), Files.readAllBytes(trusted().resolve(each.getKey() + ".json")));
            assertThat(role.object("signed").number("version", 0, Long.MAX_VALUE))
                    .as("version of " + each.getKey())
                    .isEqualTo(versions.number(each.getKey(), 0, Long.MAX_VALUE));
        }
        for (String each : list(expected, "absent")) {
            assertThat(trusted().resolve(each + ".json")).doesNotExist();
        }
    }

    private interface Action {
        void run() throws Exception;
    }

    private static String answer(Action action) throws Exception {
        try {
            action.run();
            return "ok";
        } catch (RejectedException e) {
            return e.reason().wireName();
        }
    }

    private static Map<String, String> texts(Fields expected, String field) throws RejectedException {
        return expected.has(field) ? expected.textsByName(field) : Map.of();
    }

    private static List<String> list(Fields expected, String field) throws RejectedException {
        return expected.has(field) ? expected.texts(field, 10) : List.of();
    }

    private void serve(Path step) throws IOException {
        try (Stream<Path> files = Files.walk(step)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                Path copy = served().resolve(step.relativize(each).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(each, copy, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private Path served() {
        return temporary.resolve("served");
    }

    private Path trusted() {
        return temporary.resolve("trusted");
    }
}
