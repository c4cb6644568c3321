package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.ReleaseShop;
import dev.picket.agent.RunningAgent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code picket release}: from an empty folder to a tree that an agent installs. */
class PublishedSetTest {
    @TempDir
    Path folder;

    private Path secret;

    @BeforeEach
    void aPassphrase() throws Exception {
        secret = Files.writeString(folder.resolve("passphrase"), "a long passphrase\n");
    }

    @Test
    void whatItPublishesIsInstalledByAnAgent() throws Exception {
        Path served = folder.resolve("served");
        done(release("init", "--passphrase-file", secret.toString()));
        done(release("add", "base", ReleaseShop.RELEASED.resolve("base").toString()));
        done(release("add", "task", ReleaseShop.RELEASED.resolve("tasks/fraud").toString()));
        done(release("add", "set", "factory", "--base", "picket-small", "--task", "fraud", "--channel", "stable"));
        done(release("publish", served.toString(), "--passphrase-file", secret.toString()));

        try (RunningAgent agent = RunningAgent.start(
                folder, RunningAgent.updates(served.toUri(), folder.resolve("repository/tree/metadata/1.root.json")))) {
            agent.awaitStatus("the Set serves", now -> now.path("set").asText().equals("factory/1"));
        }
        assertThat(Files.readString(folder.resolve("repository/keys/offline/root-1.json")))
                .doesNotContain("passphrase");
    }

    @Test
    void whatCannotBeDoneIsOneSentence() throws Exception {
        release("init", "--passphrase-file", folder.resolve("absent").toString())
                .saysOneSentence(65, "cannot be read", "absent");
        done(release("init", "--passphrase-file", secret.toString()));
        release("init", "--passphrase-file", secret.toString()).saysOneSentence(65, "holds a repository already");
        release("add", "base", folder.resolve("absent").toString()).saysOneSentence(65, "base.json");
        release("add", "task", ReleaseShop.RELEASED.resolve("tasks/fraud").toString())
                .saysOneSentence(65, "fraud", "add that base first");
        release("add", "set", "factory", "--base", "picket-small").saysOneSentence(65, "picket-small");
        release("publish", folder.toString(), "--passphrase-file", secret.toString(), "--timestamp-days", "0")
                .saysOneSentence(64, "--timestamp-days");
    }

    private Shell.Ended release(String... words) {
        return Shell.run(Stream.of(
                        Stream.of("release"),
                        Stream.of(words),
                        Stream.of("--repository", folder.resolve("repository").toString()))
                .flatMap(each -> each)
                .toArray(String[]::new));
    }

    private static void done(Shell.Ended ended) {
        assertThat(ended.err()).isEmpty();
        assertThat(ended.code()).isZero();
    }
}
