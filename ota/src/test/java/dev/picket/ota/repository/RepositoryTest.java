package dev.picket.ota.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.ota.release.Kind;
import dev.picket.ota.release.Release;
import dev.picket.ota.update.Shop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryTest {
    @TempDir
    Path folder;

    @Test
    void eachTargetSaysWhatADeviceNeedsToChoose() throws Exception {
        Shop shop = new Shop(folder);
        Release base = shop.base("small", "model one");
        Release task = shop.task("fraud", base.digest(), "exam one");
        shop.repository().addSet("factory", "small", List.of("fraud"));
        shop.publish(Shop.NOW);

        JsonNode targets = new ObjectMapper()
                .readTree(shop.served().resolve("metadata/1.targets.json").toFile())
                .path("signed")
                .path("targets");
        for (String path : List.of(base.path(), task.path(), "sets/factory/1.json")) {
            JsonNode custom = targets.path(path).path("custom");
            assertThat(custom.fieldNames())
                    .toIterable()
                    .as(path)
                    .contains("kind", "name", "version", "counter", "base", "minimumAgent", "bytes");
            assertThat(custom.path("base").asText()).isEqualTo(base.digest());
        }
        assertThat(targets.path("sets/factory/1.json")
                        .path("custom")
                        .path("bytes")
                        .asLong())
                .isEqualTo(base.bytes() + task.bytes());
    }

    @Test
    void aClockThatRanBackwardsSignsNothing() throws Exception {
        Bench bench = Bench.published(folder);
        byte[] before = Files.readAllBytes(bench.served().resolve("metadata/timestamp.json"));

        assertThatThrownBy(() -> bench.repository()
                        .refresh(
                                bench.served(),
                                bench.online(),
                                Validity.DEFAULT,
                                Bench.NOW.minusSeconds(86_400),
                                _ -> {}))
                .hasMessageContaining("set the clock first");

        assertThat(bench.served().resolve("metadata/timestamp.json")).hasBinaryContent(before);
    }

    @Test
    void atHalfItsTimeTheSnapshotIsSignedWithTheTimestampAndTargetsAreTold() throws Exception {
        Bench bench = Bench.published(folder);
        Instant half = Bench.NOW.plus(Validity.DEFAULT.targets()).minus(Duration.ofDays(20));

        Published published =
                bench.repository().refresh(bench.served(), bench.online(), Validity.DEFAULT, half, _ -> {});

        assertThat(published.versions()).containsEntry("snapshot", 2L).containsEntry("targets", 1L);
        assertThat(published.notes()).singleElement().asString().contains("targets 1 expires at 2027-05-20");
        assertThat(bench.seenBy(folder.resolve("gateway"), half)).isEqualTo("factory/1");
    }

    @Test
    void aFileThatChangesWhileItIsCopiedIsRefused() throws Exception {
        Bench bench = Bench.published(folder);
        Path model = bench.model("base", "other", "", "model two");
        // The first report comes when the file was hashed, and before it is copied.
        assertThatThrownBy(() -> bench.repository().add(Kind.BASE, model, "0.1.0", _ -> change(model)))
                .hasMessageContaining("changed while it was copied");
        assertThat(bench.repository().space().contents().paths()).noneMatch(each -> each.contains("other"));
    }

    private static void change(Path model) {
        try {
            Files.writeString(model.resolve("model.onnx"), "model 2!!");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
