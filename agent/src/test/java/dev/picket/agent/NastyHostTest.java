package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.picket.agent.cli.ExitCode;
import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.read.Until;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;

/** Hosts where something is missing that one takes for granted: the agent starts, says what is wrong, and serves what it can. */
class NastyHostTest {
    private static final Path MOSQUITTO = Path.of("/usr/sbin/mosquitto");
    private static final String NO_BROKER = "uplink: { broker: \"mqtt://127.0.0.1:1\", retry-first: 1m }";
    /** Somebody else takes what is left, again and again. */
    private static final String FILL = "dd if=/dev/zero of=%s/fill$(date +%%N) bs=1k 2>/dev/null";

    private static final int LINES = 500;
    private static final int PAGE_BYTES = 4096;

    @TempDir
    Path folder;

    @Test
    void withIpv6AloneItsPageListensThereAndABrokerIsReached() throws Exception {
        assumeTrue(Files.isExecutable(MOSQUITTO), "Mosquitto is not installed (apt install mosquitto)");
        Path broker = Files.writeString(
                folder.resolve("broker.conf"), "listener 1883 ::1\nallow_anonymous true\nuser root\n");
        RunningAgent.configure(folder, "uplink: { broker: \"mqtt://[::1]:1883\", retry-first: 100ms, retry-most: 1s }");
        String prelude = "ip link set lo up\nip addr del 127.0.0.1/8 dev lo\n" + MOSQUITTO + " -c " + broker + " >"
                + folder.resolve("broker.log") + " 2>&1 & echo $! >" + folder.resolve("broker.pid");
        try (NastyHost host = NastyHost.start(folder, "-n", prelude, Map.of())) {
            host.until("READY=1");
            host.until("uplink connected");
            assertThat(host.log()).contains("This machine has no 127.0.0.1, so the page listens on [::1]");
            assertThat(page(host)).startsWith("HTTP/1.1 503").contains("degraded");
        } finally {
            long pid = Long.parseLong(
                    Files.readString(folder.resolve("broker.pid")).strip());
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
        }
    }

    @Test
    void whereNativeLibrariesOfACheckoutCannotBeLoadedThatIsSaid() throws Exception {
        RunningAgent.configure(folder, NO_BROKER);
        String temporary = Files.createDirectories(folder.resolve("tmp")).toString();
        try (NastyHost host = NastyHost.start(folder, "-m", "mount -t tmpfs -o noexec t " + temporary, Map.of())) {
            assertThat(host.ended()).isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(host.log())
                    .contains(temporary + ", which is mounted noexec, so none can be loaded; name another folder");
        }
    }

    @Test
    @Tag("long")
    void withoutAnyNetworkItJudges() throws Exception {
        install(NO_BROKER);
        try (NastyHost host = NastyHost.start(folder, "-n", "true", Map.of())) {
            host.until("READY=1");
            assertThat(host.until("STATUS=Serving")).contains("uplink away");
            judges(host);
            assertThat(host.log()).contains("The broker is away, verdicts wait in the journal");
        }
    }

    @Test
    @Tag("long")
    void onAReadOnlyRootWithoutAHomeItNeedsItsOwnFoldersOnly() throws Exception {
        install(NO_BROKER);
        // Neither a variable nor an entry among the users names a home.
        String prelude = "mount --bind /dev/null /etc/passwd && mount --bind " + folder + " " + folder
                + " && mount -o remount,bind,ro / && ! touch /x 2>/dev/null && unset HOME";
        try (NastyHost host = NastyHost.start(folder, "-m", prelude, Map.of())) {
            host.until("READY=1");
            host.until("STATUS=Serving");
            judges(host);
        }
    }

    @Test
    @Tag("long")
    void inTheYear1970ItSaysSoAndJudges() throws Exception {
        install(NO_BROKER);
        try (NastyHost host = NastyHost.start(folder, "-m", "true", in1970())) {
            host.until("READY=1");
            host.until("STATUS=Serving");
            assertThat(host.log()).contains("The clock says 1970-12-25T").contains("set it, or let this machine");
            judges(host);
        }
    }

    @Test
    @Tag("long")
    void onADiskThatIsFullToTheLastByteItStartsAndWaitsForRoomAlsoAfterAKill() throws Exception {
        Path small = Files.createDirectories(folder.resolve("small"));
        String fill = FILL.formatted(small) + " || true";
        install(NO_BROKER);
        String prelude = "mount -t tmpfs -o size=80m t %1$s && cp -a %2$s/data %1$s/ && { %3$s; }"
                .formatted(small, folder, fill);
        Map<String, String> there =
                Map.of("PICKET_DATA_DIRECTORY", small.resolve("data").toString());
        // Within one mount: the second life begins where a kill ended the first.
        String twice = prelude
                + "\n\"$@\" & first=$!; while ! [ -e %1$s/kill ]; do sleep 0.2; done; kill -9 $first; wait $first || true; { %2$s; }; echo killed"
                        .formatted(folder, fill);
        try (NastyHost host = NastyHost.start(folder, "-m", twice, there)) {
            host.until("READY=1");
            host.until("STATUS=Serving");
            assertThat(host.log()).contains("room that was set aside there was given up to start");
            Files.writeString(folder.resolve("kill"), "");
            host.until("READY=1");
            host.until("STATUS=Serving");
            fill(host.seen(small).resolve("filler"));
            for (int i = 0; i < LINES; i++) {
                host.append("text " + i + ", of which there are more than the journal has room for");
            }
            assertThat(host.until("STATUS=Degraded")).contains("journal");
            empty(host.seen(small));
            host.until("STATUS=Serving");
            Until.holds("each text has its verdict", () -> rowsOfCopy(host.seen(small.resolve("data"))) == LINES);
            assertThat(host.stop()).isZero();
            assertThat(host.log()).doesNotContain("damaged");
        }
    }

    @Test
    @Tag("long")
    void aFirstStartOnAFullDiskSaysSoOnceAndIsThenWaitedFor() throws Exception {
        Path small = Files.createDirectories(folder.resolve("small"));
        RunningAgent.configure(folder, NO_BROKER);
        String prelude = "mount -t tmpfs -o size=4m t %1$s; %2$s || true; \"$@\" || echo ended with $?"
                .formatted(small, FILL.formatted(small));
        Map<String, String> there =
                Map.of("PICKET_DATA_DIRECTORY", small.resolve("data").toString());
        try (NastyHost host = NastyHost.start(folder, "-m", prelude, there)) {
            assertThat(host.until("STATUS=Does not start: "))
                    .contains("the disk under " + small.resolve("data") + " is full")
                    .contains("make room");
            assertThat(host.log()).contains("ended with " + ExitCode.UNAVAILABLE);
            empty(host.seen(small));
            host.until("READY=1");
            assertThat(host.log()).doesNotContain("The state file was removed");
        }
    }

    /** Takes the Set of a shop, as an agent does on a host where nothing is wrong. */
    private void install(String uplink) throws Exception {
        ReleaseShop shop = new ReleaseShop(folder.resolve("shop"));
        String set = shop.publish("1");
        try (RunningAgent agent =
                RunningAgent.start(folder, RunningAgent.updates(shop.served().toUri(), shop.root()), uplink)) {
            agent.pollNow();
            agent.awaitServing(set);
        }
    }

    /** A text becomes a row, and the end is clean. */
    private void judges(NastyHost host) throws Exception {
        host.append("You won a prize, call 0900 now");
        Until.holds("the text has its verdict", () -> rows(folder.resolve("data")) == 1);
        assertThat(host.stop()).isZero();
        try (Journal journal = Journal.open(
                folder.resolve("data/journal.db"), ConfigLoader.defaults(JournalConfig.class), Clock.systemUTC())) {
            assertThat(journal.stoppedCleanly()).isTrue();
            assertThat(journal.latest(2)).hasSize(1);
        }
    }

    private static int rows(Path data) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        return rows(data, config);
    }

    private static int rows(Path data, SQLiteConfig config) throws SQLException {
        String journal = "jdbc:sqlite:" + data.resolve("journal.db");
        try (Connection connection = DriverManager.getConnection(journal, config.toProperties());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM verdict")) {
            return rows.getInt(1);
        }
    }

    /** Of a file in another mount namespace, which SQLite does not find; a copy that is torn is made again. */
    private int rowsOfCopy(Path data) throws IOException {
        Path copy = Files.createDirectories(folder.resolve("copy"));
        for (String name : new String[] {"journal.db", "journal.db-wal"}) {
            Files.copy(data.resolve(name), copy.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.deleteIfExists(copy.resolve("journal.db-shm"));
        try {
            return rows(copy, new SQLiteConfig());
        } catch (SQLException e) {
            return 0;
        }
    }

    private static void fill(Path file) {
        try (OutputStream out = Files.newOutputStream(file)) {
            while (true) {
                out.write(new byte[PAGE_BYTES]);
            }
        } catch (IOException e) {
            // That is the end of the disk.
        }
    }

    /** What others have filled it with. */
    private static void empty(Path disk) throws IOException {
        try (Stream<Path> files = Files.list(disk)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                Files.delete(each);
            }
        }
    }

    /** The wall clock of a machine whose battery is empty. */
    private Map<String, String> in1970() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/gcc")), "gcc is not installed (apt install gcc libc6-dev)");
        Path library = folder.resolve("otherclock.so");
        Path source = Path.of(System.getProperty("picket.root"), "agent/src/test/c/otherclock.c");
        Process compiler = new ProcessBuilder(
                        "gcc", "-shared", "-fPIC", "-O1", "-Wall", "-o", library.toString(), source.toString())
                .inheritIO()
                .start();
        assertThat(compiler.waitFor(Duration.ofMinutes(1))).isTrue();
        assertThat(compiler.exitValue()).isZero();
        return Map.of("LD_PRELOAD", library.toString(), "OTHERCLOCK_SECONDS", "31000000");
    }

    /** Its page, asked from within its own network. */
    private String page(NastyHost host) throws Exception {
        String address = Files.readString(folder.resolve("run/address"));
        String port = address.replaceAll(".*:(\\d+)/", "$1").strip();
        assertThat(address).startsWith("http://[::1]:");
        Process asked = new ProcessBuilder(
                        "nsenter",
                        "--net=/proc/" + host.pid() + "/ns/net",
                        "bash",
                        "-c",
                        "exec 3<>/dev/tcp/::1/" + port
                                + "; printf 'GET /health HTTP/1.1\\r\\nHost: [::1]:" + port
                                + "\\r\\nConnection: close\\r\\n\\r\\n' >&3; cat <&3")
                .start();
        String answer = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(asked.waitFor(Duration.ofSeconds(30))).isTrue();
        return answer;
    }
}
