package dev.picket.agent.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.release.CommandJwks;
import dev.picket.ota.repository.KeyFolder;
import dev.picket.ota.repository.Repository;
import dev.picket.ota.repository.Validity;
import dev.picket.ota.tuf.TufClient;
import dev.picket.ota.tuf.TufLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keys in force, out of a repository that is signed as any other. */
class CommandKeysTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final List<String> VERBS = List.of("install");
    private static final List<String> SITES = List.of("plant");

    @TempDir
    Path folder;

    private KeyFolder signing;
    private Repository repository;
    private TufClient client;
    private Path updates;

    @BeforeEach
    void makeARepository() throws Exception {
        signing = new KeyFolder(folder.resolve("keys"), "secret".toCharArray(), 10);
        repository = Repository.init(folder.resolve("repository"), signing, 1, 1, Validity.DEFAULT, NOW);
        updates = Files.createDirectories(folder.resolve("updates"));
        client = new TufClient(
                updates.resolve("metadata"),
                Files.readAllBytes(repository.trustRoot()),
                Fetcher.of(folder.resolve("served").toUri(), FetchLimits.DEFAULT),
                TufLimits.DEFAULT,
                Retry.DEFAULT);
    }

    private void publish(Signer... signers) throws Exception {
        repository.putCommandKeys(new CommandJwks(
                List.of(signers).stream().map(each -> each.jwk(VERBS, SITES)).toList(), 0));
        repository.publish(folder.resolve("served"), signing, Validity.DEFAULT, NOW, _ -> {});
    }

    private CommandKeys open() {
        return CommandKeys.open(updates, "");
    }

    private void refresh(CommandKeys keys) throws Exception {
        keys.targets(client.refresh(NOW));
    }

    @Test
    void publishedKeysAreInForceAtOnceAndAfterARestart() throws Exception {
        publish(new Signer("one"));
        CommandKeys keys = open();
        assertThat(keys.none()).isNotEmpty();
        refresh(keys);
        assertThat(keys.find("one")).isPresent();
        assertThat(keys.trouble()).isEmpty();
        assertThat(open().find("one")).isPresent();
    }

    @Test
    void keptKeysAreNotInForceWhereNoRootVouchesForThemAndAreAgainOnceOneDoes() throws Exception {
        publish(new Signer("one"));
        refresh(open());
        CommandKeys without = CommandKeys.open(updates, "Updates are off: updates.repository is not set.");
        assertThat(without.find("one")).isEmpty();
        assertThat(without.none()).contains("updates.repository").contains("updates.root");
        assertThat(open().find("one")).isPresent();
    }

    @Test
    void aLaterSetWithoutAKeyRevokesIt() throws Exception {
        Signer one = new Signer("one");
        publish(one, new Signer("two"));
        CommandKeys keys = open();
        refresh(keys);
        publish(one);
        refresh(keys);
        assertThat(keys.find("one")).isPresent();
        assertThat(keys.find("two")).isEmpty();
        assertThat(open().find("two")).isEmpty();
        publish();
        refresh(keys);
        assertThat(keys.none()).isNotEmpty();
        assertThat(open().none()).isNotEmpty();
    }

    @Test
    void metadataWithoutKeysLeaveNoneInForce() throws Exception {
        new Signer("one").knownIn(folder);
        CommandKeys keys = open();
        assertThat(keys.find("one")).isPresent();
        repository.publish(folder.resolve("served"), signing, Validity.DEFAULT, NOW, _ -> {});
        refresh(keys);
        assertThat(keys.none()).isNotEmpty();
        assertThat(updates.resolve("command-keys.json")).doesNotExist();
    }

    @Test
    void keysThatCannotBeFetchedLeaveThoseBeforeInForce() throws Exception {
        publish(new Signer("one"));
        CommandKeys keys = open();
        refresh(keys);
        publish(new Signer("two"));
        var trusted = client.refresh(NOW);
        try (var files = Files.list(folder.resolve("served/targets/picket"))) {
            for (Path each : files.toList()) {
                Files.writeString(each, "{}");
            }
        }
        keys.targets(trusted);
        assertThat(keys.find("one")).isPresent();
        assertThat(keys.find("two")).isEmpty();
        assertThat(keys.trouble()).contains("those before stay in force");
    }

    @Test
    void aKeptFileThatIsDamagedIsToldAndFetchedAgain() throws Exception {
        publish(new Signer("one"));
        refresh(open());
        Files.writeString(updates.resolve("command-keys.json"), "{\"keys\":[{}");
        CommandKeys keys = open();
        assertThat(keys.none()).isNotEmpty();
        assertThat(keys.trouble()).contains("cannot be read");
        refresh(keys);
        assertThat(keys.find("one")).isPresent();
        assertThat(keys.trouble()).isEmpty();
    }
}
