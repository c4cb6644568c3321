package dev.picket.ota.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.fetch.WebServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A web server that sends one file of the repository without end, or begins it and never ends. */
class EndlessAndSlowTest {
    private static final Retry ONCE = new Retry(1, Duration.ofMillis(1), Duration.ofMillis(1), wait -> {});
    private static final Duration SOON = Duration.ofMillis(300);
    private static final FetchLimits LIMITS =
            new FetchLimits(Duration.ofSeconds(5), SOON, Duration.ofSeconds(5), Duration.ofSeconds(5), 0, 0, SOON);

    @TempDir
    Path folder;

    private final Simulator repository = new Simulator();
    private WebServer server;

    @BeforeEach
    void aTrustedRepositoryWithSomethingNew() throws Exception {
        server = new WebServer();
        repository.hashesInMeta = false;
        repository.targets.put("a", bytes("a"));
        repository.delegate("team", false, List.of("team/*"), Map.of("team/x", bytes("x")));
        new TufClient(folder, repository.firstRoot(), repository, TufLimits.DEFAULT, ONCE).refresh(Simulator.NOW);
        for (String role : List.of("timestamp", "snapshot", "targets")) {
            repository.versions.put(role, 2L);
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "metadata/2.root.json",
                "metadata/timestamp.json",
                "metadata/2.snapshot.json",
                "metadata/2.targets.json"
            })
    void endlessMetadataAreCutAtTheirLimit(String path) {
        assertThatThrownBy(() -> refresh(path, "endless"))
                .asInstanceOf(type(RejectedException.class))
                .extracting(RejectedException::reason)
                .isEqualTo(Reason.TOO_LARGE);
        assertThat(folder.resolve("targets.json")).content().contains("\"version\" : 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "metadata/2.root.json",
                "metadata/timestamp.json",
                "metadata/2.snapshot.json",
                "metadata/2.targets.json"
            })
    void metadataThatNeverComeAreGivenUpAndTheRestStays(String path) {
        assertThatThrownBy(() -> refresh(path, "hang")).isInstanceOf(UnavailableException.class);
        assertThat(folder.resolve("targets.json")).content().contains("\"version\" : 1");
    }

    @Test
    void anEndlessOrHangingDelegatedRoleOrTargetIsRefusedAlone() throws Exception {
        TrustedTargets endless = refresh("metadata/1.team.json", "endless");
        assertThatThrownBy(() -> endless.find("team/x")).hasMessageContaining("more than the 5000000 bytes");
        assertThat(endless.find("a")).isPresent();
        TrustedTargets hanging = refresh("metadata/1.team.json", "hang");
        assertThatThrownBy(() -> hanging.find("team/x")).isInstanceOf(UnavailableException.class);

        TargetFile target = endless.find("a").orElseThrow();
        TrustedTargets pouring = refresh("targets/" + target.info().hashes().get("sha256") + ".a", "endless");
        assertThatThrownBy(() -> pouring.download(target, 1000)).hasMessageContaining("more than the 1 bytes");
    }

    /** All from the simulator, but one path from the web server. */
    private TrustedTargets refresh(String path, String evil) throws Exception {
        Fetcher web = Fetcher.of(server.uri(), LIMITS);
        Fetcher both = new Fetcher() {
            @Override
            public void fetch(String asked, long from, long maxBytes, Body body)
                    throws RejectedException, UnavailableException, IOException, InterruptedException {
                boolean isEvil = asked.equals(path);
                (isEvil ? web : repository).fetch(isEvil ? evil : asked, from, maxBytes, body);
            }
        };
        return new TufClient(folder, repository.firstRoot(), both, TufLimits.DEFAULT, ONCE).refresh(Simulator.NOW);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
