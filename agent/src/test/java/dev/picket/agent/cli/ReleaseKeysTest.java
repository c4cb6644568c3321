package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.AtomicFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may sign what, changed through the command line; each time a gateway's client reads the tree from its first root on. */
class ReleaseKeysTest {
    @TempDir
    Path folder;

    private ReleaseDesk desk;

    @BeforeEach
    void aPublishedRepository() throws Exception {
        desk = new ReleaseDesk(folder);
        desk.init("--root-keys", "3", "--root-threshold", "2");
        desk.fill();
        desk.okWithKeys("publish", desk.path("www"));
    }

    @Test
    void offlineAndOnlineKeysLieApartUnderTheirOwnPassphrases() throws Exception {
        assertThat(folder.resolve("repo/keys/offline")).isDirectoryContaining("glob:**/root-3.json");
        assertThat(folder.resolve("repo/keys/offline/targets-1.json")).exists();
        assertThat(folder.resolve("repo/keys/online/timestamp-1.json")).exists();
        assertThat(desk.role("root").path("threshold").asInt()).isEqualTo(2);

        desk.addSet("exam two");
        assertThat(desk.run("publish", desk.path("www"), "--passphrase-file", desk.path("pass")))
                .isEqualTo(ExitCode.DATA);
        assertThat(desk.err()).contains("passphrase does not open").contains("targets-1.json");
    }

    @Test
    void everyRoleIsRotatedAndGatewaysFollowFromTheFirstRoot() throws Exception {
        String root = desk.role("root").path("keys").get(0).path("id").asText();
        desk.okWithKeys("key", "rotate", "root", root.substring(0, 8), "--iterations", "10");
        desk.okWithKeys("key", "rotate", "targets", "--iterations", "10");
        desk.okWithKeys("key", "rotate", "snapshot", "--iterations", "10");
        assertThat(desk.okWithKeys("key", "rotate", "timestamp", "--iterations", "10"))
                .contains("root 2 has all its signatures");
        desk.okWithKeys("publish", desk.path("www"));

        assertThat(desk.ok("verify", desk.path("www")))
                .contains("root 2 is good until")
                .contains("Whole:");
        assertThat(desk.role("root").path("keys").toString()).doesNotContain(root);
        assertThat(desk.ok("show")).doesNotContain("needs 1 more");
    }

    @Test
    void aRevokedTimestampKeySignsNoMore() throws Exception {
        String old = desk.role("timestamp").path("keys").get(0).path("id").asText();
        assertThat(desk.run(desk.withKeys("key", "revoke", "timestamp", old))).isEqualTo(ExitCode.DATA);
        assertThat(desk.err()).contains("give it another key first");
        desk.okWithKeys("key", "rotate", "timestamp", old, "--iterations", "10");
        desk.okWithKeys("publish", desk.path("www"));
        Files.delete(folder.resolve("repo/keys/online/timestamp-2.json"));

        assertThat(desk.run(desk.withKeys("timestamp", desk.path("www")))).isEqualTo(ExitCode.DATA);
        assertThat(desk.err())
                .contains("1 more of the 1 signatures of timestamp")
                .hasLineCount(1);
    }

    @Test
    void aLostTimestampKeyIsReplacedAndTheGapIsTold() throws Exception {
        Files.delete(folder.resolve("repo/keys/online/timestamp-1.json"));
        desk.okWithKeys("key", "rotate", "timestamp", "--iterations", "10");
        desk.okWithKeys("publish", desk.path("www"));
        assertThat(desk.err()).contains("No old key of timestamp was at hand");
        desk.ok("verify", desk.path("www"));
    }

    @Test
    void signaturesOfTwoOfflineMachinesComeBackByFile() throws Exception {
        Path first = Files.createDirectories(folder.resolve("anna"));
        Path second = Files.createDirectories(folder.resolve("ben"));
        Path keys = folder.resolve("repo/keys/offline");
        AtomicFiles.move(keys.resolve("root-1.json"), first.resolve("root-1.json"));
        AtomicFiles.move(keys.resolve("targets-1.json"), first.resolve("targets-1.json"));
        AtomicFiles.move(keys.resolve("root-2.json"), second.resolve("root-2.json"));
        AtomicFiles.removeTree(keys);
        desk.addSet("exam two");
        desk.okWithKeys("key", "rotate", "timestamp", "--iterations", "10");

        assertThat(desk.ok("sign", "--export", desk.path("request.json")))
                .contains("+ releases/task/fraud/2.json version 1")
                .contains("~ channels/stable.json names sets/factory/2.json")
                .contains("+ key of timestamp")
                .contains("root 2 needs 2 more");
        assertThat(desk.run(desk.withKeys("publish", desk.path("www")))).isEqualTo(ExitCode.DATA);
        assertThat(desk.err()).contains("sign it with `picket release sign`").hasLineCount(1);

        String[] anna = {"sign", desk.path("request.json"), "--offline-keys", first.toString()};
        assertThat(desk.ok(desk.withKeys(anna))).contains("request.json: 2.").contains("root 2 needs 1 more");
        assertThat(desk.out()).doesNotContain("by a key of yours");
        String[] ben = {"sign", desk.path("request.json"), "--offline-keys", second.toString()};
        assertThat(desk.ok(desk.withKeys(ben)))
                .contains("is not the version before it, signed by a key of yours")
                .contains("+ releases/base/small/1.json")
                .contains("root 2 has all its signatures");
        assertThat(desk.ok("sign", "--import", desk.path("request.json"))).contains("request.json: 3.");
        desk.okWithKeys("publish", desk.path("www"));

        assertThat(desk.ok("verify", desk.path("www"))).contains("root 2").contains("targets 2");
    }

    /** Whoever carries a request may write into it what is not shown, or make the screen hide what is. */
    @Test
    void aSignerIsToldAllThatARequestWouldChange() throws Exception {
        desk.okWithKeys("key", "rotate", "timestamp", "--iterations", "10");
        desk.addSet("exam two");
        desk.ok("sign", "--export", desk.path("request.json"));
        Path keys = folder.resolve("repo/keys/offline");
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode honest =
                (ObjectNode) mapper.readTree(folder.resolve("request.json").toFile());

        ObjectNode swapped = honest.deepCopy();
        JsonNode signed = swapped.at("/waiting").path("root").path("signed");
        JsonNode roles = signed.path("roles");
        ObjectNode known = (ObjectNode) signed.path("keys");
        known.set(
                roles.at("/targets/keyids/0").asText(),
                known.get(roles.at("/snapshot/keyids/0").asText()).deepCopy());
        refused(swapped, keys, "somebody changed it");

        ObjectNode more = honest.deepCopy();
        ((ObjectNode) more.at("/waiting/targets/signed")).put("more", 1);
        refused(more, keys, "'more', which is not known");

        ObjectNode raw = honest.deepCopy();
        ObjectNode listed = (ObjectNode) raw.at("/waiting/targets/signed/targets");
        listed.set("releases/task/z\u001b[2J/1.json", listed.elements().next().deepCopy());
        Files.writeString(folder.resolve("request.json"), raw.toString());
        desk.ok(desk.withKeys("sign", desk.path("request.json"), "--offline-keys", keys.toString(), "--dry-run"));
        assertThat(desk.out()).contains("releases/task/z").doesNotContain("\u001b");

        ObjectNode older = honest.deepCopy();
        ((ObjectNode) older.at("/waiting/targets/signed")).put("version", 9);
        Files.writeString(folder.resolve("request.json"), older.toString());
        desk.ok(desk.withKeys("sign", desk.path("request.json"), "--offline-keys", keys.toString(), "--dry-run"));
        assertThat(desk.out()).contains("is not the version before it").contains("+ releases/base/small/1.json");
    }

    private void refused(ObjectNode request, Path keys, String told) throws Exception {
        Files.writeString(folder.resolve("request.json"), request.toString());
        assertThat(desk.run(desk.withKeys("sign", desk.path("request.json"), "--offline-keys", keys.toString())))
                .isEqualTo(ExitCode.DATA);
        assertThat(desk.err()).contains(told).hasLineCount(1);
    }

    @Test
    void aRequestForSomethingElseIsNotTakenNorAreChangedTextsBelieved() throws Exception {
        desk.addSet("exam two");
        desk.ok("sign", "--export", desk.path("request.json"));
        String request = Files.readString(folder.resolve("request.json"));
        Path keys = folder.resolve("repo/keys/offline");
        String[] sign = {"sign", desk.path("request.json"), "--offline-keys", keys.toString()};
        desk.ok(desk.withKeys(sign));
        desk.addSet("exam three");
        assertThat(desk.run("sign", "--import", desk.path("request.json"))).isEqualTo(ExitCode.DATA);
        assertThat(desk.err())
                .contains("something was changed after the export")
                .hasLineCount(1);

        Files.writeString(folder.resolve("request.json"), request.replace("fraud/2.json", "fraud/7.json"));
        assertThat(desk.run(desk.withKeys("sign", desk.path("request.json"), "--dry-run")))
                .isZero();
        assertThat(desk.out()).contains("sets/factory/2.json: its text was not brought along");
    }

    @Test
    void anotherPersonsPublicHalfJoinsAndTheThresholdRises() throws Exception {
        Path carla = Files.createDirectories(folder.resolve("carla"));
        desk.okWithKeys("key", "new", carla.resolve("root-carla.json").toString(), "--iterations", "10");
        String publicHalf = carla.resolve("root-carla.pub.json").toString();
        desk.okWithKeys("key", "add", "root", "--public", publicHalf);
        assertThat(desk.okWithKeys("key", "threshold", "root", "3")).contains("root 2 has all its signatures");
        desk.okWithKeys("publish", desk.path("www"));

        JsonNode root = desk.role("root");
        assertThat(root.path("keys")).hasSize(4);
        assertThat(root.path("threshold").asInt()).isEqualTo(3);
        desk.ok("verify", desk.path("www"));
    }

    @Test
    void discardedChangesLeaveTheKeysAsTheyAre() throws Exception {
        desk.okWithKeys("key", "rotate", "timestamp", "--iterations", "10");
        desk.ok("key", "discard");
        assertThat(desk.okWithKeys("publish", desk.path("www"))).contains("root 1");
    }
}
