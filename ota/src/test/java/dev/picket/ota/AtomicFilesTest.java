package dev.picket.ota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    @TempDir
    Path folder;

    @Test
    void aWriteReplacesTheOldFileAndLeavesNothingBeside() throws IOException {
        Path file = folder.resolve("a.json");
        AtomicFiles.write(file, new byte[] {1});
        AtomicFiles.write(file, new byte[] {2, 3});

        assertThat(file).hasBinaryContent(new byte[] {2, 3});
        assertThat(names(folder)).containsExactly("a.json");
    }

    @Test
    void aClosedFolderIsClosedToOthersUnlessItIsThereAlready() throws IOException {
        Path made = folder.resolve("above/data");
        AtomicFiles.createClosedFolder(made);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                .isEqualTo("rwxr-x---");
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwx------"));
        AtomicFiles.createClosedFolder(made);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                .isEqualTo("rwx------");
    }

    @Test
    void aContentThatThrowsHalfWayLeavesTheOldFile() throws IOException {
        Path file = folder.resolve("a");
        AtomicFiles.write(file, new byte[] {1});

        assertThatThrownBy(() -> AtomicFiles.write(file, AtomicFiles.Access.EVERYONE, out -> {
                    out.write(new byte[] {9, 9});
                    throw new IOException("the source broke");
                }))
                .hasMessage("the source broke");

        assertThat(file).hasBinaryContent(new byte[] {1});
        assertThat(names(folder)).containsExactly("a");
    }

    @Test
    void aFileOfTheOwnerAloneIsSoFromItsFirstByteOn() throws IOException {
        Path file = folder.resolve("key");
        AtomicFiles.write(file, AtomicFiles.Access.OWNER, out -> {
            try (Stream<Path> all = Files.list(folder)) {
                Path temporary = all.findFirst().orElseThrow();
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary)))
                        .isEqualTo("rw-------");
            }
            out.write(1);
        });
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aMissingFolderIsAnErrorAndNotMade() {
        assertThatThrownBy(() -> AtomicFiles.write(folder.resolve("no/a"), new byte[] {1}))
                .isInstanceOf(NoSuchFileException.class);
        assertThat(folder.resolve("no")).doesNotExist();
    }

    @Test
    void whatACrashLeftIsRemovedAndNothingElse() throws IOException {
        Files.write(AtomicFiles.temporaryFor(folder.resolve("a")), new byte[] {1});
        Path half = AtomicFiles.temporaryFor(folder.resolve("set-1"));
        Files.createDirectories(half.resolve("base"));
        Files.write(half.resolve("base/model"), new byte[] {1});
        Files.write(folder.resolve(".hidden"), new byte[] {1});
        Files.write(folder.resolve("kept"), new byte[] {1});

        assertThat(AtomicFiles.removeStale(folder)).isEqualTo(2);

        assertThat(names(folder)).containsExactly(".hidden", "kept");
        assertThat(AtomicFiles.removeStale(folder.resolve("not-there"))).isZero();
    }

    @Test
    void aDownloadGrowsOverTwoOpeningsAndIsThenPublished() throws IOException {
        Path partial = folder.resolve("a.part");
        for (byte each : new byte[] {1, 2}) {
            try (FileChannel channel = AtomicFiles.append(partial)) {
                channel.write(ByteBuffer.wrap(new byte[] {each}));
            }
        }
        AtomicFiles.publish(partial, folder.resolve("a"));

        assertThat(folder.resolve("a")).hasBinaryContent(new byte[] {1, 2});
        assertThat(names(folder)).containsExactly("a");
    }

    @Test
    void aTreeIsRemovedWithoutFollowingLinks() throws IOException {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Files.write(outside.resolve("kept"), new byte[] {1});
        Path tree = folder.resolve("tree");
        AtomicFiles.createFolders(tree.resolve("a/b"));
        Files.createSymbolicLink(tree.resolve("a/link"), outside);

        AtomicFiles.removeTree(tree);

        assertThat(tree).doesNotExist();
        assertThat(outside.resolve("kept")).exists();
    }

    private static Stream<String> names(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(each -> each.getFileName().toString()).sorted().toList().stream();
        }
    }
}
