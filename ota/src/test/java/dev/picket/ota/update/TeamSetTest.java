package dev.picket.ota.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.ota.Reason;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.WebServer;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.Channel;
import dev.picket.ota.release.Kind;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.SetManifest;
import dev.picket.ota.repository.KeyChange;
import dev.picket.ota.repository.KeyFolder;
import dev.picket.ota.repository.SigningKeys;
import dev.picket.ota.repository.Validity;
import dev.picket.ota.tuf.Simulator;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a gateway takes from a team, and what it takes from the top-level role alone. */
class TeamSetTest {
    @TempDir
    Path folder;

    @Test
    void aSetWithATeamsTaskIsInstalledFromAFolderAndOverHttpAndFollowsTheTeam() throws Exception {
        Shop shop = new Shop(folder.resolve("shop"));
        KeyFolder team = new KeyFolder(folder.resolve("team"), "its own".toCharArray(), 10);
        Release base = shop.base("small", "model one");
        KeyChange change = shop.repository().changeKeys(Validity.DEFAULT, Shop.NOW);
        change.addTeam("emea", 1, List.of("releases/task/emea-*/*.json"));
        change.add("emea", shop.repository().newKey(team, "emea").publicKey());
        change.save(SigningKeys.NONE);
        release(shop, team, shop.taskFolder("emea-fraud", base.digest(), "exam one"));

        Gateway stick = gateway("stick", shop, Fetcher.of(shop.served().toUri(), FetchLimits.DEFAULT));
        assertThat(stick.run().active()).contains("factory/1");
        assertThat(stick.set("factory-1").resolve("tasks/emea-fraud/exam.jsonl"))
                .hasContent("exam one");
        try (WebServer server = new WebServer()) {
            server.serve(shop.served());
            Gateway online = gateway("online", shop, Fetcher.of(server.uri(), FetchLimits.DEFAULT));
            assertThat(online.run().active()).contains("factory/1");
            release(shop, team, shop.taskFolder("emea-fraud", base.digest(), "exam two"));
            server.serve(shop.served());
            assertThat(online.run().active()).contains("factory/2");
            assertThat(online.set("factory-2").resolve("tasks/emea-fraud/exam.jsonl"))
                    .hasContent("exam two");
            assertThat(server.asked).anyMatch(each -> each.endsWith("metadata/2.emea.json"));
        }
    }

    @Test
    void aChannelOrASetThatOnlyADelegatedRoleListsIsNotFollowed() throws Exception {
        String digest = "a".repeat(64);
        SetManifest set =
                new SetManifest("factory", 1, new SetManifest.Member("releases/base/small/1.json", digest), List.of());
        byte[] channel = StrictJson.pretty(new Channel("stable", set.path()).toJson());
        Simulator all = new Simulator();
        all.delegate("team", true, List.of("channels/*", "sets/*/*"), Map.of(Channel.path("stable"), channel));
        refused(all, "channels/stable.json");

        Simulator half = new Simulator();
        half.targets.put(Channel.path("stable"), channel);
        half.delegate("team", true, List.of("sets/*/*"), Map.of(set.path(), StrictJson.pretty(set.toJson())));
        refused(half, "sets/factory/1.json");
    }

    private void refused(Simulator repository, String path) throws Exception {
        Gateway gateway = new Gateway(folder.resolve(path), repository.firstRoot(), repository);
        gateway.clock = Simulator.NOW;
        Ended last = gateway.run().last().orElseThrow();

        assertThat(last.reason()).contains(Reason.MISSING);
        assertThat(last.sentence()).contains(path + " is not a target of the repository's top-level role.");
    }

    private Gateway gateway(String name, Shop shop, Fetcher fetcher) throws Exception {
        return new Gateway(folder.resolve(name), shop.root(), fetcher);
    }

    /** The next release of the team, and the next Set with it. */
    private static void release(Shop shop, KeyFolder team, Path task) throws Exception {
        shop.repository().add(Kind.TASK, task, "emea", "0.1.0", _ -> {});
        SetManifest set = shop.repository().addSet("factory", "small", List.of("emea-fraud"));
        shop.repository().pointChannel("stable", set.path());
        shop.repository().sign(team, Validity.DEFAULT, Shop.NOW);
        shop.publish(Shop.NOW);
    }
}
