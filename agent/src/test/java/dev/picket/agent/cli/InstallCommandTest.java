package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.ReleaseShop;
import dev.picket.agent.RunningAgent;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.UsbIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallCommandTest {
    @TempDir
    Path folder;

    @Test
    void aStickIsInstalledByAnAgentThatFollowsNoRepositoryAndABadOneChangesNothing() throws Exception {
        ReleaseShop shop = new ReleaseShop(folder.resolve("shop"));
        String first = shop.publish("1.0.0");
        Path stick = stick(shop, "first");
        Path bare = Files.createDirectory(folder.resolve("bare"));
        String updates = "updates: { root: \"%s\", trial: { probation: 100ms } }".formatted(shop.root());
        try (RunningAgent agent = RunningAgent.start(folder, updates)) {
            String config = agent.config().toString();
            Shell.run("install", bare.toString(), "--config", config)
                    .saysOneSentence(65, "no metadata/timestamp.json", "mount the stick");
            Shell.run("install", stick.toString(), "--config", config).saysOneSentence(65, "usb.json", "--set");

            Shell.run(
                    "release",
                    "export",
                    "--usb",
                    stick.toString(),
                    "--set",
                    first,
                    "--repository",
                    shop.repository().toString());
            Shell.Ended installed = Shell.run("install", stick.toString(), "--config", config);
            assertThat(installed.out()).as(installed.err()).contains(first + ": installed");
            assertThat(installed.code()).isZero();
            assertThat(Shell.run("install", stick.toString(), "--config", config)
                            .out())
                    .contains("It runs already");

            String second = shop.publish("2.0.0");
            Path bad = stick(shop, "second");
            index(bad, second);
            try (Stream<Path> blobs = Files.list(bad.resolve("blobs"))) {
                for (Path each : blobs.filter(
                                blob -> !Files.exists(stick.resolve("blobs").resolve(blob.getFileName())))
                        .toList()) {
                    byte[] bytes = Files.readAllBytes(each);
                    bytes[bytes.length / 2] ^= 1;
                    Files.write(each, bytes);
                }
            }
            Shell.Ended refused = Shell.run("install", bad.toString(), "--json", "--config", config);
            assertThat(refused.out()).contains("\"refused\"", "tampered");
            assertThat(refused.code()).isEqualTo(1);
            assertThat(Shell.run("status", "--config", config).out()).contains("set        " + first);
        }
    }

    @Test
    void withoutAnAgentOrARootItSaysSo() throws Exception {
        Path file = RunningAgent.configure(folder);
        Shell.run("install", folder.toString(), "--config", file.toString())
                .saysOneSentence(69, "no agent runs here", "picket run");
        String updates = "updates: { root: \"%s\" }".formatted(folder.resolve("absent.json"));
        try (RunningAgent agent = RunningAgent.start(folder, updates)) {
            Shell.run("install", folder.toString(), "--config", agent.config().toString())
                    .saysOneSentence(65, "absent.json", "cannot be read");
        }
    }

    private Path stick(ReleaseShop shop, String name) throws IOException {
        Path stick = folder.resolve(name);
        try (Stream<Path> all = Files.walk(shop.served())) {
            for (Path each : all.filter(Files::isRegularFile).toList()) {
                Path target = stick.resolve(shop.served().relativize(each).toString());
                Files.createDirectories(target.resolveSibling(""));
                Files.copy(each, target);
            }
        }
        return stick;
    }

    private static void index(Path stick, String label) throws IOException {
        byte[] bytes = StrictJson.pretty(new UsbIndex("sets/" + label + ".json").toJson());
        Files.write(stick.resolve(UsbIndex.NAME), bytes);
    }
}
