package dev.picket.ota.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.ReleaseLimits;
import dev.picket.ota.release.SetManifest;
import dev.picket.ota.repository.Repository.Stage;
import dev.picket.ota.repository.TreeCheck;
import dev.picket.ota.store.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Set with a first stage, from the publisher to the folder on the gateway. */
class FirstStageTest {
    @TempDir
    Path folder;

    private Shop shop;
    private Gateway gateway;
    private Release base;
    private Release cheap;

    @BeforeEach
    void aRepositoryWithTwoBases() throws Exception {
        shop = new Shop(folder.resolve("shop"));
        base = shop.base("small", "model one");
        cheap = shop.base("tiny", "model two");
        shop.task("fraud", base.digest(), "exam one");
        shop.task("quick", cheap.digest(), "exam two");
        Fetcher fetcher = Fetcher.of(shop.served().toUri(), FetchLimits.DEFAULT);
        gateway = new Gateway(folder.resolve("gateway"), shop.root(), fetcher);
        gateway.tasks = Set.of("fraud");
    }

    private SetManifest publish(@Nullable Stage first) throws Exception {
        SetManifest set = shop.repository().addSet("factory", new Stage("small", List.of("fraud")), first);
        shop.repository().pointChannel("stable", set.path());
        shop.publish(Shop.NOW);
        return set;
    }

    @Test
    void bothStagesAreFetchedLaidOutAndThereAfterARestart() throws Exception {
        publish(new Stage("tiny", List.of("quick")));
        assertThat(gateway.run().active()).contains("factory/1");
        Path set = gateway.set("factory-1");
        assertThat(set.resolve("base/model.onnx")).hasContent("model one");
        assertThat(set.resolve("tasks/fraud/exam.jsonl")).hasContent("exam one");
        assertThat(set.resolve("first/base/model.onnx")).hasContent("model two");
        assertThat(set.resolve("first/tasks/quick/exam.jsonl")).hasContent("exam two");
        assertThat(Objects.requireNonNull(
                                Objects.requireNonNull(gateway.saved().active()).firstStage())
                        .base()
                        .digest())
                .isEqualTo(cheap.digest());
        assertThat(gateway.run().active()).contains("factory/1");
        assertThat(set.resolve("first/base/model.onnx")).hasContent("model two");
    }

    @Test
    void anAgentOfBeforeRefusesTheSetByItsVersionAndFetchesNothingOfIt() throws Exception {
        publish(new Stage("tiny", List.of("quick")));
        gateway.agent = "0.0.9";
        Ended ended = gateway.run().last().orElseThrow();
        assertThat(ended.step()).isEqualTo(Step.REJECTED);
        assertThat(ended.reason()).contains(Reason.AGENT_TOO_OLD);
        assertThat(ended.sentence()).contains("needs an agent of version 0.1.0 or newer, and this is 0.0.9");
        assertThat(gateway.saved().active()).isNull();
        assertThat(gateway.folder.resolve("sets"))
                .satisfiesAnyOf(
                        sets -> assertThat(sets).doesNotExist(),
                        sets -> assertThat(sets).isEmptyDirectory());
    }

    @Test
    void aFileOfTheFirstStageThatIsGoneMakesTheSetNotWhole() throws Exception {
        publish(new Stage("tiny", List.of("quick")));
        gateway.run();
        FileStore store = new FileStore(gateway.folder, gateway.fetcher, Gateway.TWICE, 0);
        var active = Objects.requireNonNull(gateway.saved().active());
        assertThat(store.isWhole(active)).isTrue();
        Files.delete(gateway.set("factory-1").resolve("first/tasks/quick/exam.jsonl"));
        assertThat(store.isWhole(active)).isFalse();
    }

    @Test
    void theCheckOfATreeLooksAtBothStages() throws Exception {
        SetManifest set = publish(new Stage("tiny", List.of("quick")));
        assertThat(check()).isEmpty();
        ObjectNode mixed = set.toJson();
        ((ObjectNode) mixed.get("firstStage")).set("base", mixed.get("base"));
        shop.slip(set.path(), StrictJson.pretty(mixed));
        shop.publish(Shop.NOW);
        assertThat(check())
                .containsExactly(
                        "sets/factory/1.json holds releases/task/quick/1.json, which was made for another base.");
    }

    @Test
    void aSetWithoutOneIsAsItWas() throws Exception {
        SetManifest set = publish(null);
        assertThat(set.toJson().has("firstStage")).isFalse();
        gateway.run();
        assertThat(gateway.set("factory-1").resolve("first")).doesNotExist();
    }

    @Test
    void aTaskOfAnotherBaseOrOfANameThatIsTakenIsRefusedAtTheDesk() throws Exception {
        assertThatThrownBy(() -> publish(new Stage("tiny", List.of("fraud"))))
                .isInstanceOfSatisfying(
                        RejectedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BASE_DIFFERS));
        shop.task("fraud", cheap.digest(), "exam three");
        assertThatThrownBy(() -> shop.repository()
                        .addSet(
                                "factory",
                                new Stage("small", List.of("fraud/1")),
                                new Stage("tiny", List.of("fraud/2"))))
                .hasMessageContaining("of a task named once in the Set");
    }

    @Test
    void aFirstStageWithoutTasksOrOfAnotherShapeIsRefused() throws Exception {
        SetManifest set = publish(new Stage("tiny", List.of("quick")));
        ObjectNode json = set.toJson();
        ((ObjectNode) json.get("firstStage")).putArray("tasks");
        refused(set, json, "firstStage.tasks must be one or more");
        refused(set, set.toJson().put("firstStage", "tiny"), "firstStage must be an object");
        assertThat(SetManifest.parse(set.path(), StrictJson.pretty(set.toJson()), ReleaseLimits.DEFAULT))
                .isEqualTo(set);
    }

    private List<String> check() throws Exception {
        return TreeCheck.run(gateway.fetcher, shop.root(), folder.resolve("scratch"), Shop.NOW, _ -> {})
                .faults();
    }

    private static void refused(SetManifest set, ObjectNode json, String why) {
        assertThatThrownBy(() -> SetManifest.parse(set.path(), StrictJson.pretty(json), ReleaseLimits.DEFAULT))
                .isInstanceOfSatisfying(
                        RejectedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED))
                .hasMessageContaining(why);
    }
}
