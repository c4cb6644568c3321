package dev.picket.ota.repository;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.ota.release.Release;
import dev.picket.ota.update.Shop;
import java.nio.file.Path;
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
}
