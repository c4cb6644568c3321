package dev.picket.ota.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Hashes;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.Kind;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.SetManifest;
import dev.picket.ota.tuf.Key;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A team beside the publisher: what its key can sign, what gateways find of it, and how it goes. */
class TeamTest {
    private static final String PATHS = "releases/task/emea-*/*.json";

    @TempDir
    Path folder;

    private Bench bench;
    private KeyFolder team;

    @BeforeEach
    void aPublishedRepositoryWithATeam() throws Exception {
        bench = Bench.published(folder.resolve("bench"));
        team = new KeyFolder(folder.resolve("team"), "its own".toCharArray(), 10);
        addTeam(bench, "emea", team, PATHS);
        publish(bench.keys(), team);
    }

    @Test
    void aTeamPublishesWithItsOwnKeyAndGatewaysFindItsReleaseInASet() throws Exception {
        bench.seenBy(folder.resolve("gateway"), Bench.NOW);
        Release release = add("emea-fraud", "exam one");
        Published published = publish(bench.online(), team);

        assertThat(release.path()).isEqualTo("releases/task/emea-fraud/1.json");
        assertThat(published.versions()).containsEntry("emea", 2L).containsEntry("targets", 2L);
        assertThat(bench.served().resolve("metadata/2.emea.json")).exists();
        assertThat(json("2.snapshot.json").path("meta").fieldNames())
                .toIterable()
                .contains("emea.json", "targets.json");

        SetManifest set = addSet("factory", "emea-fraud");
        publish(bench.keys());
        assertThat(bench.seenBy(folder.resolve("gateway"), Bench.NOW)).isEqualTo("factory/" + set.counter());
        assertThat(check().faults()).isEmpty();
        assertThat(check().expires()).containsKey("emea 2");
    }

    @Test
    void withoutTheTeamsKeyNothingOfItIsPublished() throws Exception {
        add("emea-fraud", "exam one");

        assertThatThrownBy(() -> publish(bench.keys())).hasMessageContaining("emea 2 needs 1 more of the 1 signatures");
        assertThat(bench.served().resolve("metadata/2.emea.json")).doesNotExist();
        assertThat(bench.repository().sign(team, Validity.DEFAULT, Bench.NOW)).containsEntry("emea 2", "");
        publish(bench.online());
        assertThat(check().faults()).isEmpty();
    }

    @Test
    void aRequestComesBackFromTheTeamsMachineSigned() throws Exception {
        add("emea-fraud", "exam one");
        Path request = folder.resolve("request.json");
        SigningRequest.of(bench.repository(), Validity.DEFAULT, Bench.NOW).write(request, Disk.REAL);

        SigningRequest there = SigningRequest.read(request);
        assertThat(there.lines(team.publicKeys()))
                .anyMatch(line -> line.startsWith("emea 2, good until"))
                .anyMatch(line -> line.startsWith("  + releases/task/emea-fraud/1.json version 0.1.0"))
                .noneMatch(line -> line.startsWith("targets"));
        assertThatThrownBy(() -> there.sign(bench.keys())).hasMessageContaining("No key here has anything to sign");
        there.sign(team);
        there.write(request, Disk.REAL);
        assertThat(SigningRequest.read(request).mergeInto(bench.repository())).isEqualTo(1);
        publish(bench.online());

        assertThat(check().faults()).isEmpty();
        assertThat(check().targets()).isEqualTo(5);
    }

    @Test
    void twoTeamsThatAreAddedAtOnceEachGetTheirOwnSignature() throws Exception {
        KeyFolder other = new KeyFolder(folder.resolve("apac"), "apac's".toCharArray(), 10);
        KeyFolder third = new KeyFolder(folder.resolve("latam"), "latam's".toCharArray(), 10);
        addTeam(bench, "apac", other, "releases/task/apac-*/*.json");
        addTeam(bench, "latam", third, "releases/task/latam-*/*.json");
        Path request = folder.resolve("request.json");
        SigningRequest.of(bench.repository(), Validity.DEFAULT, Bench.NOW).write(request, Disk.REAL);
        SigningRequest there = SigningRequest.read(request);
        there.sign(SigningKeys.of(List.of(third, other)));

        assertThat(there.mergeInto(bench.repository())).isEqualTo(2);
        publish(bench.keys());
        assertThat(check().faults()).isEmpty();
    }

    @Test
    void aTeamsKeyIsNeverAskedForMoreThanItsPaths() throws Exception {
        for (String path : List.of(
                "picket/command-keys.json",
                "sets/factory/9.json",
                "channels/stable.json",
                "releases/task/fraud/9.json",
                "releases/base/emea-small/1.json")) {
            Path request = slip("emea", path);
            assertThatThrownBy(() -> SigningRequest.read(request))
                    .hasMessage("The team emea may not release " + path + ": its paths are " + PATHS + ".");
        }
        assertThatThrownBy(() -> SigningRequest.read(slip("snapshot", "releases/task/emea-x/1.json")))
                .hasMessageContaining("snapshot");
        assertThatThrownBy(() -> SigningRequest.read(slip("apac", "releases/task/emea-x/1.json")))
                .hasMessageContaining("a team that targets.json does not name");
    }

    @Test
    void aTargetOutsideATeamsPathsIsFoundByNobodyAndVerifySaysSo() throws Exception {
        for (String path : List.of("releases/task/apac-fraud/1.json", "channels/beta.json")) {
            ObjectNode contents = contents();
            ObjectNode target =
                    contents.withObject("/teams/emea").putObject(path).put("length", 3);
            target.putObject("hashes").put("sha256", Hashes.sha256("{}\n".getBytes(StandardCharsets.UTF_8)));
            Files.write(bench.repositoryFolder().resolve("contents.json"), StrictJson.pretty(contents));
            publish(bench.online(), team);

            assertThat(check().faults())
                    .contains(path + " is listed by the role emea, and gateways do not look there for it.");
        }
    }

    @Test
    void whatATeamMayNotReleaseIsRefusedBeforeItIsAdded() throws Exception {
        assertThatThrownBy(() -> add("apac-fraud", "exam one"))
                .hasMessageContaining("The team emea may not release releases/task/apac-fraud/1.json");
        assertThatThrownBy(() ->
                        bench.repository().add(Kind.TASK, task("emea-fraud", "exam one"), "nobody", "0.1.0", _ -> {}))
                .hasMessage("There is no team nobody: name one of emea.");
        addTeam(bench, "late", new KeyFolder(folder.resolve("late"), "late".toCharArray(), 10), PATHS);
        assertThatThrownBy(() ->
                        bench.repository().add(Kind.TASK, task("emea-fraud", "exam one"), "late", "0.1.0", _ -> {}))
                .hasMessageContaining("Gateways ask the team emea for releases/task/emea-fraud/1.json");
    }

    @Test
    void countersGoOnOverBothRolesAndNoContentIsListedTwice() throws Exception {
        bench.repository().add(Kind.TASK, task("emea-fraud", "exam one"), "0.1.0", _ -> {});
        assertThatThrownBy(() -> add("emea-fraud", "exam one"))
                .hasMessageContaining(
                        "The role targets lists this content already, as releases/task/emea-fraud/1.json");
        assertThat(add("emea-fraud", "exam two").counter()).isEqualTo(2);
        assertThat(add("emea-fraud", "exam two").counter()).isEqualTo(2);
        assertThatThrownBy(() -> bench.repository().add(Kind.TASK, task("emea-fraud", "exam two"), "0.1.0", _ -> {}))
                .hasMessageContaining("The role emea lists this content already");
        assertThat(bench.repository()
                        .add(Kind.TASK, task("emea-fraud", "exam three"), "0.1.0", _ -> {})
                        .counter())
                .isEqualTo(3);
    }

    @Test
    void aRemovedTeamsReleaseIsGoneAndGatewaysOfBothTimesGoOn() throws Exception {
        add("emea-fraud", "exam one");
        addSet("factory", "emea-fraud");
        publish(bench.keys(), team);
        assertThat(bench.seenBy(folder.resolve("gateway"), Bench.NOW)).isEqualTo("factory/2");
        int before = check().targets();
        assertThatThrownBy(() -> change(bench).removeTeam("emea"))
                .hasMessage("channels/stable.json names sets/factory/2.json, which holds what the team emea released:"
                        + " point that channel to another Set first.");

        bench.repository().pointChannel("stable", "factory/1");
        KeyChange change = change(bench);
        assertThat(change.removeTeam("emea")).containsExactly("releases/task/emea-fraud/1.json", "sets/factory/2.json");
        change.save(SigningKeys.NONE);
        publish(bench.keys());

        assertThat(check().faults()).isEmpty();
        assertThat(check().targets()).isEqualTo(before - 2);
        assertThat(check().expires().keySet()).noneMatch(each -> each.startsWith("emea"));
        assertThat(bench.seenBy(folder.resolve("gateway"), Bench.NOW)).isEqualTo("factory/1");

        // Another team of that name goes on with the versions, and with the counters.
        KeyFolder other = new KeyFolder(folder.resolve("other"), "other".toCharArray(), 10);
        addTeam(bench, "emea", other, PATHS);
        assertThat(add("emea-fraud", "exam one").counter()).isEqualTo(2);
        assertThat(publish(bench.keys(), other).versions()).containsEntry("emea", 3L);
        assertThat(bench.seenBy(folder.resolve("gateway"), Bench.NOW)).isEqualTo("factory/1");
    }

    @Test
    void aSetThatNamesWhatIsGoneIsAFault() throws Exception {
        add("emea-fraud", "exam one");
        addSet("factory", "emea-fraud");
        ObjectNode contents = contents();
        contents.withObject("/teams/emea").removeAll();
        Files.write(bench.repositoryFolder().resolve("contents.json"), StrictJson.pretty(contents));
        publish(bench.keys(), team);

        assertThat(check().faults())
                .singleElement()
                .asString()
                .contains("sets/factory/2.json names releases/task/emea-fraud/1.json");
    }

    @Test
    void aRotatedKeySignsWhatIsThereAnewAndTheOldOneNoMore() throws Exception {
        add("emea-fraud", "exam one");
        publish(bench.keys(), team);
        KeyFolder later = new KeyFolder(folder.resolve("later"), "later".toCharArray(), 10);
        KeyChange change = change(bench);
        change.rotate("emea", "", bench.repository().newKey(later, "emea").publicKey());
        assertThat(change.save(SigningKeys.NONE)).containsOnlyKeys("targets 3", "emea 3");

        assertThatThrownBy(() -> publish(bench.keys(), team)).hasMessageContaining("emea 3 needs 1 more");
        publish(bench.keys(), later);
        assertThat(check().faults()).isEmpty();
        KeyChange last = change(bench);
        last.revoke("emea", "");
        assertThatThrownBy(() -> last.save(SigningKeys.NONE))
                .hasMessage(
                        "The role emea would have 0 keys and need 1 signatures: give it another key first, or another"
                                + " threshold.");
    }

    @Test
    void noKeyIsATeamsAndAnotherRoles() throws Exception {
        Key targets = bench.repository()
                .space()
                .root()
                .signers("targets")
                .keys()
                .values()
                .iterator()
                .next();
        KeyChange change = change(bench);
        change.add("emea", targets);
        assertThatThrownBy(() -> change.save(SigningKeys.NONE)).hasMessageContaining("signs targets and a team");
        Key its = team.publicKeys().values().iterator().next();
        KeyChange other = change(bench);
        other.add("targets", its);
        assertThatThrownBy(() -> other.save(SigningKeys.NONE)).hasMessageContaining("signs targets and a team");
        KeyChange third = change(bench);
        third.addTeam("apac", 1, List.of("releases/task/apac-*/*.json"));
        assertThatThrownBy(() -> third.add("apac", its)).hasMessageContaining("signs emea already");
    }

    @Test
    void aTeamThatIsLateWithItsRenewalHoldsUpNobodyAndIsTold() throws Exception {
        Instant due = Bench.NOW.plus(Validity.DEFAULT.targets()).minus(Duration.ofDays(20));
        bench.repository().sign(bench.offline(), Validity.DEFAULT, due);
        Published published = bench.repository().publish(bench.served(), bench.keys(), Validity.DEFAULT, due, _ -> {});

        assertThat(published.versions()).containsEntry("targets", 3L).containsEntry("emea", 1L);
        assertThat(published.notes()).singleElement().asString().startsWith("emea 1 expires at 2027-05-20");
        assertThat(bench.repositoryFolder().resolve("pending/emea.json")).exists();
        assertThat(bench.repository().sign(team, Validity.DEFAULT, due)).containsEntry("emea 2", "");
        assertThat(bench.repository()
                        .publish(bench.served(), bench.online(), Validity.DEFAULT, due, _ -> {})
                        .versions())
                .containsEntry("emea", 2L);
        assertThat(bench.repositoryFolder().resolve("pending/emea.json")).doesNotExist();
    }

    @Test
    void killedAtAnyWriteGatewaysFindTheOldPublicationOrTheNewAndTheNextRunEndsIt() throws Exception {
        KeyFolder later = new KeyFolder(folder.resolve("later"), "later".toCharArray(), 10);
        add("emea-fraud", "exam one");
        addSet("factory", "emea-fraud");
        publish(bench.keys(), team);
        add("emea-fraud", "exam two");
        addSet("factory", "emea-fraud");
        KeyChange change = change(bench);
        change.rotate("emea", "", bench.repository().newKey(later, "emea").publicKey());
        change.save(SigningKeys.NONE);
        SigningKeys all = SigningKeys.of(List.of(bench.keys(), team, later));

        boolean whole = false;
        int deaths = 0;
        for (; !whole; deaths++) {
            Bench killed = bench.copyTo(folder.resolve("killed-" + deaths));
            try {
                Repository.open(killed.repositoryFolder(), new DyingDisk(deaths))
                        .publish(killed.served(), all, Validity.DEFAULT, Bench.NOW, _ -> {});
                whole = true;
            } catch (DyingDisk.Killed _) {
                // What it left is taken up by the next.
            }
            assertThat(killed.seenBy(killed.folder().resolve("gateway"), Bench.NOW))
                    .isIn("factory/2", "factory/3");
            killed.repository().publish(killed.served(), all, Validity.DEFAULT, Bench.NOW, _ -> {});
            assertThat(killed.seenBy(killed.folder().resolve("gateway"), Bench.NOW))
                    .isEqualTo("factory/3");
        }
        assertThat(deaths).isGreaterThan(12);
    }

    private static KeyChange change(Bench bench) throws Exception {
        return bench.repository().changeKeys(Validity.DEFAULT, Bench.NOW);
    }

    private static void addTeam(Bench bench, String name, KeyFolder keys, String paths) throws Exception {
        KeyChange change = change(bench);
        change.addTeam(name, 1, List.of(paths));
        change.add(name, bench.repository().newKey(keys, name).publicKey());
        change.save(SigningKeys.NONE);
    }

    private Release add(String name, String exam) throws Exception {
        return bench.repository().add(Kind.TASK, task(name, exam), "emea", "0.1.0", _ -> {});
    }

    private Path task(String name, String exam) throws Exception {
        return bench.model("task", name, Hashes.sha256(bench.folder().resolve("models/small/base.json")), exam);
    }

    private SetManifest addSet(String name, String task) throws Exception {
        SetManifest set = bench.repository().addSet(name, "small", List.of(task));
        bench.repository().pointChannel("stable", set.path());
        return set;
    }

    private Published publish(SigningKeys... keys) throws Exception {
        return bench.repository()
                .publish(bench.served(), SigningKeys.of(List.of(keys)), Validity.DEFAULT, Bench.NOW, _ -> {});
    }

    private TreeCheck.Report check() throws Exception {
        return TreeCheck.run(
                Fetcher.of(bench.served().toUri(), FetchLimits.DEFAULT),
                Files.readAllBytes(bench.repository().trustRoot()),
                folder.resolve("scratch"),
                Bench.NOW,
                _ -> {});
    }

    private ObjectNode json(String metadata) throws Exception {
        Path file = bench.served().resolve("metadata").resolve(metadata);
        return StrictJson.parse(metadata, Files.readAllBytes(file))
                .object("signed")
                .node();
    }

    private ObjectNode contents() throws Exception {
        Path file = bench.repositoryFolder().resolve("contents.json");
        return StrictJson.parse("contents.json", Files.readAllBytes(file)).node();
    }

    /** A request that somebody made on its way, to have this signed as that role's. */
    private Path slip(String role, String path) throws Exception {
        add("emea-fraud", "exam one");
        Path file = folder.resolve("slipped.json");
        SigningRequest.of(bench.repository(), Validity.DEFAULT, Bench.NOW).write(file, Disk.REAL);
        ObjectNode request =
                StrictJson.parse("request", Files.readAllBytes(file)).node();
        ObjectNode waiting = request.withObject("/waiting");
        ObjectNode its = waiting.withObject("/emea").deepCopy();
        its.withObject("/signed/targets")
                .removeAll()
                .putObject(path)
                .put("length", 3)
                .putObject("hashes");
        waiting.removeAll().set(role, its);
        Files.write(file, StrictJson.pretty(request));
        return file;
    }
}
