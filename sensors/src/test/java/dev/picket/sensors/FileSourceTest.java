package dev.picket.sensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSourceTest {
    private static final FileLimits LIMITS = new FileLimits(64, Duration.ofMillis(1), 3, 100);

    @TempDir
    Path folder;

    private Path log;
    private long age;

    @BeforeEach
    void name() {
        log = folder.resolve("app.log");
    }

    @Test
    void linesComeAsTheyAreWrittenAndABeginningWaitsForItsEnd() throws Exception {
        append("one\ntw");
        try (Following following = follow(null)) {
            assertThat(following.texts(1)).containsExactly("one");
            append("o\n\nthree\n");
            List<Following.Taken> taken = following.take(3);
            assertThat(taken).extracting(Following.Taken::text).containsExactly("two", "", "three");
            assertThat(taken).extracting(t -> t.reading().id()).containsExactly("1:4", "1:8", "1:9");
        }
    }

    @Test
    void aFileThatIsNotThereYetIsWaitedForAndTold() throws Exception {
        FileSource source = source(null);
        try (Following following = new Following(source)) {
            Following.until(() -> !source.trouble().isEmpty());
            assertThat(source.trouble()).contains(log.toString(), "'line1'", "is not there yet");
            append("one\n");
            assertThat(following.texts(1)).containsExactly("one");
            Following.until(() -> source.trouble().isEmpty());
        }
    }

    @Test
    void aFileThatHasComeIsNoTroubleWhileItsFirstLinesAreRead() throws Exception {
        FileSource source = source(null);
        BlockingQueue<String> toldMeanwhile = new LinkedBlockingQueue<>();
        try (Following _ = new Following(source, (_, _) -> toldMeanwhile.put(source.trouble()))) {
            Following.until(() -> !source.trouble().isEmpty());
            append("one\n");
            assertThat(toldMeanwhile.poll(20, TimeUnit.SECONDS)).isEmpty();
        }
    }

    @Test
    void aFolderInsteadOfAFileIsToldAndRetried() throws Exception {
        Files.createDirectory(log);
        FileSource source = source(null);
        try (Following following = new Following(source)) {
            Following.until(() -> source.trouble().contains("no regular file"));
            Files.delete(log);
            append("one\n");
            assertThat(following.texts(1)).containsExactly("one");
        }
    }

    @Test
    void aRenamedFileIsFinishedItsUnendedLineIncludedBeforeTheNewOne() throws Exception {
        append("one\n");
        try (Following following = follow(null)) {
            assertThat(following.texts(1)).containsExactly("one");
            append("two\nunended");
            rotateByRename();
            append("three\n");
            List<Following.Taken> taken = following.take(3);
            assertThat(taken).extracting(Following.Taken::text).containsExactly("two", "unended", "three");
            assertThat(taken).extracting(t -> t.reading().id()).containsExactly("1:4", "1:8", "2:0");
        }
    }

    @Test
    void aCopiedAndTruncatedFileLosesNothingAndDoublesNothing() throws Exception {
        append("one\n");
        FileSource source = source(null);
        try (Following following = new Following(source)) {
            assertThat(following.texts(1)).containsExactly("one");
            rotateByCopy();
            append("two\n");
            assertThat(following.texts(1)).containsExactly("two");
            rotateByCopy();
            append("a line longer than all before\n");
            List<Following.Taken> taken = following.take(1);
            assertThat(taken.getFirst().text()).isEqualTo("a line longer than all before");
            assertThat(taken.getFirst().reading().id()).isEqualTo("3:0");
            assertThat(following.nothingMore()).isTrue();
            assertThat(source.counts().lost()).isZero();
        }
    }

    @Test
    void severalRotationsWhileAwayAreReadInOrderOfAge() throws Exception {
        append("one\ntwo\n");
        String position = position(1);
        append("three\n");
        rotateByRename();
        append("four\n");
        rotateByRename();
        append("five\n");
        rotateByRename();
        append("six\n");
        try (Following following = follow(position)) {
            List<Following.Taken> taken = following.take(5);
            assertThat(taken)
                    .extracting(t -> t.reading().id() + " " + t.text())
                    .containsExactly("1:4 two", "1:8 three", "2:0 four", "3:0 five", "4:0 six");
        }
    }

    @Test
    void severalCopiesWhileAwayAreReadInOrderOfAge() throws Exception {
        append("one\ntwo\n");
        String position = position(1);
        rotateByCopy();
        append("three, which is longer than the first file was\n");
        rotateByCopy();
        append("four, which is longer than the first file was, too\n");
        FileSource source = source(position);
        try (Following following = new Following(source)) {
            assertThat(following.take(3))
                    .extracting(t -> t.reading().id() + " " + t.text().substring(0, 3))
                    .containsExactly("1:4 two", "2:0 thr", "3:0 fou");
            assertThat(source.counts().lost()).isZero();
        }
    }

    @Test
    void aFileRotatedAwayUnreadIsCountedAndTheOthersAreRead() throws Exception {
        append("one\ntwo\n");
        String position = position(1);
        rotateByRename();
        append("three\n");
        Files.setLastModifiedTime(log, FileTime.fromMillis(System.currentTimeMillis() + 5_000));
        rotateByRename();
        append("four\n");
        Files.delete(folder.resolve("app.log.2"));
        FileSource source = source(position);
        try (Following following = new Following(source)) {
            assertThat(following.take(2))
                    .extracting(t -> t.reading().id() + " " + t.text())
                    .containsExactly("2:0 three", "3:0 four");
            assertThat(source.counts().lost()).isEqualTo(1);
        }
    }

    @Test
    void aReusedNameWithAnotherFirstLineIsANewFile() throws Exception {
        append("one\ntwo\n");
        String position = position(2);
        // The same inode with other bytes, as a reused one would have.
        Files.writeString(log, "uno\ndos\ntres\n");
        try (Following following = follow(position)) {
            assertThat(following.take(3))
                    .extracting(t -> t.reading().id() + " " + t.text())
                    .containsExactly("2:0 uno", "2:4 dos", "2:8 tres");
        }
    }

    @Test
    void readingAgainFromAnyPositionGivesTheSameReadings() throws Exception {
        append("head\none\r\ntwo\n");
        List<Following.Taken> all = new ArrayList<>();
        try (Following following = follow(null)) {
            all.addAll(following.take(3));
            append("three\nunended");
            rotateByRename();
            append("head\nfour\n");
            all.addAll(following.take(4));
            rotateByCopy();
            append("head\nfive and more than before\n");
            all.addAll(following.take(2));
        }
        for (int from = 0; from < all.size(); from++) {
            try (Following following = follow(all.get(from).after())) {
                List<Following.Taken> rest = following.take(all.size() - from - 1);
                assertThat(rest)
                        .extracting(t -> t.reading().id() + t.text())
                        .isEqualTo(all.subList(from + 1, all.size()).stream()
                                .map(t -> t.reading().id() + t.text())
                                .toList());
                assertThat(following.nothingMore()).isTrue();
            }
        }
    }

    @Test
    void aMegabyteLineAndFaultyBytesAreCountedAndTheSourceGoesOn() throws Exception {
        append("x".repeat(1 << 20) + "\n");
        Files.write(log, new byte[] {(byte) 0xff, '\n'}, StandardOpenOption.APPEND);
        append("next\n");
        FileSource source = source(null);
        try (Following following = new Following(source)) {
            List<Following.Taken> taken = following.take(3);
            assertThat(taken.get(0).reading().cut()).isTrue();
            assertThat(taken.get(0).text()).hasSize(64);
            assertThat(taken.get(1).text()).isEqualTo("\ufffd");
            assertThat(taken.get(2).reading().id()).isEqualTo("1:" + ((1 << 20) + 3));
            assertThat(source.counts()).isEqualTo(new SourceCounts(1, 1, 0));
        }
    }

    @Test
    void onlyRotatedNamesAreTakenForRotatedFiles() throws Exception {
        List<String> rotated = List.of(
                "app.log.1",
                "app.log-20261121",
                "app.log.old",
                "app-2026-11-21.log",
                "app-2026-11-21-2.log",
                "app.2026-11-21.0.log",
                "app-2026-11.log",
                "app-11-21-2026-1.log",
                "app-2026112109.log",
                "app.3.log");
        List<String> others = List.of(
                "app.log.2.gz",
                "app.log.swp",
                "apple.log",
                "app.log",
                "other.log.1",
                "app-2.log",
                "app_17.log",
                "app-2-1.log",
                "app-12345678.log",
                "app-old.log");
        for (String name : rotated) {
            Files.writeString(folder.resolve(name), "x");
        }
        for (String name : others) {
            Files.writeString(folder.resolve(name), "x");
        }
        assertThat(new RotatedFiles(log, 100).oldestFirst())
                .extracting(file -> file.path().getFileName().toString())
                .containsExactlyInAnyOrderElementsOf(rotated);
    }

    @Test
    void aSiblingWithANumberInItsNameIsNotReadAsARotation() throws Exception {
        append("one\n");
        try (Following following = follow(null)) {
            assertThat(following.texts(1)).containsExactly("one");
            Files.writeString(folder.resolve("app-2.log"), "of the second machine\n");
            rotateByRename();
            append("two\n");
            assertThat(following.texts(1)).containsExactly("two");
        }
    }

    @Test
    void aPositionOfSomethingElseIsRefused() {
        assertThatThrownBy(() -> source("run:17")).hasMessageContaining("run:17");
    }

    private FileSource source(@Nullable String position) {
        return new FileSource("line1", log, Optional.ofNullable(position), LIMITS, Clock.systemUTC());
    }

    private Following follow(@Nullable String position) {
        return new Following(source(position));
    }

    private String position(int readings) throws InterruptedException {
        try (Following following = follow(null)) {
            return following.take(readings).getLast().after();
        }
    }

    private void append(String text) throws IOException {
        Files.writeString(log, text, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        age++;
        Files.setLastModifiedTime(log, FileTime.fromMillis(System.currentTimeMillis() + age));
    }

    private void rotateByRename() throws IOException {
        shift();
        Files.move(log, folder.resolve("app.log.1"));
    }

    private void rotateByCopy() throws IOException {
        shift();
        Files.copy(log, folder.resolve("app.log.1"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(log, "");
    }

    private void shift() throws IOException {
        for (int i = 8; i >= 1; i--) {
            Path numbered = folder.resolve("app.log." + i);
            if (Files.exists(numbered)) {
                Files.move(numbered, folder.resolve("app.log." + (i + 1)));
            }
        }
    }
}
