package dev.picket.ota.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.release.Release;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real process, really killed in the middle of a step; another one finishes the update. */
class SigkillTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @Timeout(120)
    @ValueSource(strings = {"fetch", "examine", "switch", "probation"})
    void aGatewayKilledInTheMiddleOfAStepFinishesTheUpdateInItsNextLife(String point) throws Exception {
        Shop shop = new Shop(folder.resolve("shop"));
        Release base = shop.base("small", "model one");
        shop.task("fraud", base.digest(), "exam one");
        shop.release("small", "fraud");
        killAt(point, shop);

        Fetcher fetcher = Fetcher.of(shop.served().toUri(), FetchLimits.DEFAULT);
        Gateway gateway = new Gateway(folder.resolve("gateway"), shop.root(), fetcher);
        InstalledOnDisk.check(gateway);
        UpdateStatus status = gateway.run();

        assertThat(status.active()).contains("factory/1");
        assertThat(status.last().orElseThrow().step()).isEqualTo(Step.COMMITTED);
        InstalledOnDisk.check(gateway);
    }

    private void killAt(String point, Shop shop) throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledChild.class.getName(),
                        folder.resolve("gateway").toString(),
                        shop.repository().trustRoot().toString(),
                        shop.served().toUri().toString(),
                        point)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            while (line != null && !line.startsWith("at ")) {
                line = out.readLine();
            }
            assertThat(line).isEqualTo("at " + point);
        } finally {
            child.destroyForcibly();
            assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
    }
}
