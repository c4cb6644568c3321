package dev.picket.agent.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.config.ConfigException;
import dev.picket.agent.config.Fault;
import dev.picket.agent.config.Keys;
import dev.picket.agent.config.PicketConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OverlaysTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private ConfigSource source;

    @BeforeEach
    void aGatewayOfTwoFiles() throws IOException {
        Files.createDirectories(data());
        own("uplink: { window: 50, report-every: 7s }");
        source = new ConfigSource(folder.resolve("picket.yml"), Map.of("PICKET_UPLINK_PAGE", "77"));
    }

    @Test
    void theOverlayStandsBetweenTheFilesAndTheEnvironment() throws Exception {
        Files.createDirectory(folder.resolve("conf.d"));
        Files.writeString(folder.resolve("conf.d/10.yml"), "uplink: { window: 60 }\n");
        Files.write(
                file(),
                Stored.none()
                        .propose(json("{'uplink':{'window':70,'page':8}}"), "a")
                        .toBytes());
        PicketConfig config = begin().config();
        assertThat(config.uplink().window()).isEqualTo(70);
        assertThat(config.uplink().page()).isEqualTo(77);
        assertThat(config.uplink().reportEvery()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void aChangeIsPendingOnTheDiskBeforeItIsInForceAndKeptAfterIt() throws Exception {
        Overlays first = begin();
        assertThat(first.propose(json("{'uplink':{'window':9}}"), "order-1")).isTrue();
        assertThat(first.config().uplink().window()).isEqualTo(50);
        assertThat(onDisk().phase()).isEqualTo(Stored.Phase.PENDING);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");

        Overlays second = begin();
        assertThat(second.config().uplink().window()).isEqualTo(9);
        assertThat(onDisk().starts()).isEqualTo(1);
        second.keep();
        assertThat(onDisk())
                .isEqualTo(new Stored(
                        Stored.Phase.KEPT, json("{'uplink':{'window':9}}"), null, 0, "order-1", "confirmed"));
        assertThat(begin().config().uplink().window()).isEqualTo(9);
    }

    @Test
    void whatIsTakenBackLeavesTheOverlayBeforeIt() throws Exception {
        begin().propose(json("{'uplink':{'window':9}}"), "order-1");
        begin().keep();
        begin().propose(json("{'uplink':{'window':3}}"), "order-2");
        Overlays tried = begin();
        assertThat(tried.config().uplink().window()).isEqualTo(3);
        tried.giveBack("no broker");
        Overlays after = begin();
        assertThat(after.config().uplink().window()).isEqualTo(9);
        assertThat(after.stored().phase()).isEqualTo(Stored.Phase.RETURNED);
        assertThat(after.stored().order()).isEqualTo("order-2");
        assertThat(after.stored().detail()).isEqualTo("no broker");
    }

    @Test
    void anAgentThatDiesWithAChangeGetsRidOfItAfterTwoStarts() throws Exception {
        begin().propose(json("{'uplink':{'window':9}}"), "order-1");
        assertThat(begin().config().uplink().window()).isEqualTo(9);
        assertThat(begin().config().uplink().window()).isEqualTo(9);
        Overlays third = begin();
        assertThat(third.config().uplink().window()).isEqualTo(50);
        assertThat(third.stored().phase()).isEqualTo(Stored.Phase.RETURNED);
        assertThat(third.stored().detail()).contains("started 2 times");
        assertThat(onDisk()).isEqualTo(third.stored());
    }

    @Test
    void aStartThatCannotBeCountedDoesNotTryTheChange() throws Exception {
        begin().propose(json("{'uplink':{'window':9}}"), "order-1");
        Files.move(data(), folder.resolve("elsewhere"));
        Files.createDirectory(data());
        Files.copy(folder.resolve("elsewhere/configuration.json"), file());
        Files.setPosixFilePermissions(data(), PosixFilePermissions.fromString("r-x------"));
        boolean root = Files.isWritable(data());
        try {
            Overlays overlays = begin();
            // The superuser may write everywhere, and then the start is counted.
            assertThat(overlays.config().uplink().window()).isEqualTo(root ? 9 : 50);
            assertThat(overlays.settle()).isEqualTo(root);
        } finally {
            Files.setPosixFilePermissions(data(), PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void aSecondChangeIsNotTakenWhileOneIsPending() throws Exception {
        Overlays overlays = begin();
        assertThat(overlays.propose(json("{'uplink':{'window':9}}"), "order-1")).isTrue();
        byte[] before = Files.readAllBytes(file());
        assertThat(overlays.propose(json("{'uplink':{'window':8}}"), "order-2")).isFalse();
        assertThat(Files.readAllBytes(file())).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not json",
                "{}",
                "{\"format\":2}",
                "{\"format\":1,\"phase\":\"kept\",\"starts\":1,\"order\":\"\",\"detail\":\"\",\"overlay\":7}",
                "{\"format\":1,\"phase\":\"pending\",\"starts\":1,\"order\":\"\",\"detail\":\"\",\"overlay\":{}}",
                "{\"format\":1,\"phase\":\"kept\",\"starts\":1,\"order\":\"\",\"detail\":\"\",\"overlay\":{\"uplink\":{\"widnow\":1}}}",
                "{\"format\":1,\"phase\":\"kept\",\"starts\":1,\"order\":\"\",\"detail\":\"\",\"overlay\":{\"uplink\":{\"window\":\"many\"}}}",
                "{\"format\":1,\"phase\":\"kept\",\"starts\":1,\"order\":\"\",\"detail\":\"\",\"overlay\":{\"uplink\":{\"broker\":\"mqtt://elsewhere:1\"}}}"
            })
    void aFaultyOverlayIsSetAsideAsItWasAndTheAgentStartsWithoutIt(String faulty) throws Exception {
        Files.writeString(file(), faulty);
        Overlays overlays = begin();
        assertThat(overlays.config()).isEqualTo(source.own());
        assertThat(overlays.stored().phase()).isEqualTo(Stored.Phase.SET_ASIDE);
        Path aside;
        try (Stream<Path> files = Files.list(data())) {
            aside = files.filter(each -> each.getFileName().toString().startsWith("configuration-faulty-"))
                    .findFirst()
                    .orElseThrow();
        }
        assertThat(Files.readString(aside)).isEqualTo(faulty);
        assertThat(overlays.stored().detail()).contains(aside.getFileName().toString());
        assertThat(begin().stored()).isEqualTo(overlays.stored());
    }

    @Test
    void aPendingChangeThatTheFilesOfNowMakeImpossibleIsTakenBack() throws Exception {
        Files.write(
                file(),
                Stored.none()
                        .propose(json("{'uplink':{'window':0}}"), "order-1")
                        .toBytes());
        Overlays overlays = begin();
        assertThat(overlays.config().uplink().window()).isEqualTo(50);
        assertThat(overlays.stored().phase()).isEqualTo(Stored.Phase.RETURNED);
        assertThat(overlays.stored().detail()).contains("uplink.window");
    }

    @Test
    void lookingCountsNoStartAndMovesNoFile() throws Exception {
        begin().propose(json("{'uplink':{'window':9}}"), "order-1");
        byte[] before = Files.readAllBytes(file());
        assertThat(Overlays.look(source, source.own()).config().uplink().window())
                .isEqualTo(9);
        assertThat(Files.readAllBytes(file())).isEqualTo(before);
    }

    @Test
    void aLinkInPlaceOfTheFileLeadsNowhere() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "topsecret");
        Files.createSymbolicLink(file(), secret);
        Overlays overlays = Overlays.look(source, source.own());
        assertThat(overlays.config()).isEqualTo(source.own());
        assertThat(overlays.stored().detail()).contains("no plain file").doesNotContain("topsecret");
    }

    /** As root does who calls `picket check`: a library that is named there would be loaded with root's rights. */
    @Test
    void whoeverLooksBelievesNoKeyThatNoConsoleMayChange() throws Exception {
        ObjectNode overlay = json("{'uplink':{'window':9,'tls':{'pkcs11-config':'/var/lib/picket/x.cfg'}}}");
        Files.write(file(), Stored.none().propose(overlay, "order-1").keep().toBytes());
        Overlays overlays = Overlays.look(source, source.own());
        assertThat(overlays.config()).isEqualTo(source.own());
        assertThat(overlays.stored().detail()).contains("uplink.tls").contains("no key that a console may change");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'uplink':{'broker':'mqtt://elsewhere:1'}}",
                "{'uplink':{'password-file':null}}",
                "{'sources':[]}",
                "{'sources':null}",
                "{'data':{'directory':'/srv/x'}}",
                "{'data':null}",
                "{'http':{'host':'0.0.0.0'}}",
                "{'http':{'names':['x']}}",
                "{'updates':{'root':'/srv/root.json','channel':'beta'}}",
                "{'updates':{'trial':{'max-failures':1}}}",
                "{'gateway':{'name':'other'}}",
                "{'configure':{'confirm':'1d'}}",
                "{'uplink':{'window':9},'gateway':{'site':'x'}}"
            })
    void whatIsNotTheConsolesBusinessIsForbiddenByName(String patch) throws Exception {
        Overlays overlays = begin();
        assertThat(overlays.weigh(json(patch))).isInstanceOfSatisfying(Proposal.Refused.class, refused -> {
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.sentence())
                    .containsPattern("may not change (uplink|sources|data|http|updates|gateway|configure)");
        });
        assertThat(file()).doesNotExist();
    }

    @Test
    void allFaultsAreToldAtOnceWithTheNearestKey() throws Exception {
        assertThat(begin().weigh(json(
                        "{'uplink':{'widnow':1,'page':'many','report-evry':null},'retention':{'verdicts':'soon'}}")))
                .isInstanceOfSatisfying(Proposal.Refused.class, refused -> {
                    assertThat(refused.status()).isEqualTo(400);
                    assertThat(refused.faults())
                            .extracting(Fault::key)
                            .containsExactlyInAnyOrder("uplink.widnow", "uplink.report-evry", "retention.verdicts");
                    assertThat(refused.faults().toString()).contains("did you mean 'uplink.report-every'?");
                });
    }

    @Test
    void aSectionThatIsNoSectionIsAFault() throws Exception {
        assertThat(begin().weigh(json("{'uplink':7}")))
                .isInstanceOfSatisfying(
                        Proposal.Refused.class,
                        refused -> assertThat(refused.status()).isEqualTo(400));
    }

    @Test
    void nullGivesAKeyBackToTheFiles() throws Exception {
        begin().propose(json("{'uplink':{'window':9,'mark-batch':5}}"), "order-1");
        begin().keep();
        Overlays overlays = begin();
        assertThat(overlays.weigh(json("{'uplink':{'window':null}}")))
                .isEqualTo(new Proposal.Fit(json("{'uplink':{'mark-batch':5}}")));
        assertThat(overlays.weigh(json("{'uplink':null}"))).isEqualTo(new Proposal.Fit(json("{}")));
        assertThat(overlays.weigh(json("{'uplink':{'window':9}}"))).isEqualTo(new Proposal.Nothing());
        overlays.propose(json("{'uplink':{'mark-batch':5}}"), "order-2");
        assertThat(begin().config().uplink().window()).isEqualTo(50);
    }

    @Test
    void theRetentionOfTextsMayBeShortenedAndNotLengthened() throws Exception {
        own("retention: { text: 3d }");
        Overlays overlays = begin();
        assertThat(overlays.weigh(json("{'retention':{'text':'1d'}}"))).isInstanceOf(Proposal.Fit.class);
        assertThat(overlays.weigh(json("{'retention':{'text':'4d'}}")))
                .isInstanceOfSatisfying(
                        Proposal.Refused.class,
                        refused -> assertThat(refused.status()).isEqualTo(403));
    }

    @Test
    void aKeyThatTheEnvironmentRulesIsNotPretendedToChange() throws Exception {
        assertThat(begin().weigh(json("{'uplink':{'page':9}}")))
                .isInstanceOfSatisfying(Proposal.Refused.class, refused -> {
                    assertThat(refused.status()).isEqualTo(409);
                    assertThat(refused.sentence()).contains("PICKET_UPLINK_PAGE");
                });
    }

    @Test
    void aFaultOfTheFilesIsNotTheConsoles() throws Exception {
        Overlays overlays = begin();
        own("nonsense: 1");
        assertThat(overlays.weigh(json("{'uplink':{'window':9}}")))
                .isInstanceOfSatisfying(
                        Proposal.Refused.class,
                        refused -> assertThat(refused.status()).isEqualTo(409));
        assertThat(overlays.fault()).contains("nonsense");
    }

    @Test
    void textsAreKeptNoLongerThanTheFilesSayAfterTheyWereChanged() throws Exception {
        own("retention: { text: 3d }");
        begin().propose(json("{'retention':{'text':'2d'},'uplink':{'window':9}}"), "order-1");
        begin().keep();
        own("retention: { text: 1d }");
        Overlays overlays = begin();
        assertThat(overlays.config().retention().text()).isEqualTo(Duration.ofDays(1));
        assertThat(overlays.config().uplink().window()).isEqualTo(9);
        assertThat(overlays.stored().phase()).isEqualTo(Stored.Phase.KEPT);
        assertThat(Overlays.look(source, source.own()).config().retention().text())
                .isEqualTo(Duration.ofDays(1));
        assertThat(overlays.weigh(json("{'uplink':{'window':8}}"))).isInstanceOf(Proposal.Fit.class);
    }

    @Test
    void standardInputIsNotOpenedAgain() throws Exception {
        own("sources: [ { name: in, kind: stdin, tasks: [fraud] } ]");
        Overlays overlays = begin();
        assertThat(overlays.fault()).contains("standard input");
        assertThat(overlays.weigh(json("{'uplink':{'window':9}}")))
                .isInstanceOfSatisfying(
                        Proposal.Refused.class,
                        refused -> assertThat(refused.status()).isEqualTo(409));
    }

    @Test
    void everyKeyThatTheConsoleMayChangeExists() {
        assertThat(Keys.of(PicketConfig.class)).containsAll(RemoteKeys.ALLOWED);
        assertThat(RemoteKeys.ALLOWED)
                .noneMatch(key -> List.of("data.", "gateway.", "http.", "sources", "uplink.tls", "configure.").stream()
                        .anyMatch(key::startsWith));
    }

    private Overlays begin() throws ConfigException {
        return Overlays.begin(source, source.own(), Clock.systemUTC());
    }

    private void own(String sections) throws IOException {
        Files.writeString(folder.resolve("picket.yml"), "data: { directory: \"" + data() + "\" }\n" + sections + "\n");
    }

    private Path data() {
        return folder.resolve("data");
    }

    private Path file() {
        return data().resolve("configuration.json");
    }

    private Stored onDisk() throws Exception {
        return Stored.parse(Files.readAllBytes(file()));
    }

    private static ObjectNode json(String text) throws IOException {
        return (ObjectNode) JSON.readTree(text.replace('\'', '"'));
    }
}
