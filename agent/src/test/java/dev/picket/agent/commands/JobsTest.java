package dev.picket.agent.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.state.CommandKey;
import dev.picket.agent.state.Job;
import dev.picket.agent.state.State;
import dev.picket.agent.uplink.Agent;
import dev.picket.agent.uplink.BrokerConnection;
import dev.picket.agent.uplink.BrokerLink;
import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.agent.uplink.Configs;
import dev.picket.agent.uplink.ConnectionListener;
import dev.picket.agent.uplink.Message;
import dev.picket.agent.uplink.Mosquitto;
import dev.picket.agent.uplink.ReportParts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that go on after their first reply, over a real broker, restarts and lost connections. */
class JobsTest {
    @TempDir
    Path folder;

    private final Effects effects = new Effects(true);
    private Signer signer;
    private Mosquitto broker;
    private Desk desk;

    @BeforeEach
    void connect() throws Exception {
        signer = new Signer("desk").knownIn(folder);
        broker = Mosquitto.start(folder, "max_inflight_messages 1000");
        desk = new Desk(broker.uri());
    }

    @AfterEach
    void disconnect() {
        desk.close();
        broker.close();
    }

    private Agent agent(CommandHandler handler) throws Exception {
        UplinkConfig config = Configs.uplink(broker.uri());
        return new Agent(folder, config, Configs.link(config), List.of(handler));
    }

    private Agent up(CommandHandler handler) throws Exception {
        Agent agent = agent(handler).start();
        agent.awaitUp();
        return agent;
    }

    private byte[] order(String id, String kind) throws Exception {
        ObjectNode claims = Signer.claims("effect", id);
        claims.putObject("params").put(kind, true);
        return signer.sign(claims);
    }

    private static CommandKey key(String correlation) {
        return new CommandKey(Desk.REPLY, correlation.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aJobIsTakenAtOnceAndEndedByASecondReply() throws Exception {
        try (Agent agent = up(effects)) {
            desk.send("effect", "c1", order("o-1", "later"));
            assertThat(desk.status("c1", 1)).isEqualTo(202);
            String id = desk.json("c1", 1).path("job").asText();
            assertThat(effects.begun.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(agent.commands.jobs())
                    .containsExactly(new ReportParts.Job(id, "effect", "running", "has begun"));

            effects.release();
            assertThat(desk.status("c1", 2)).isEqualTo(200);
            assertThat(desk.reply("c1", 2).properties()).containsEntry("job", id);
            assertThat(desk.json("c1", 2).path("effect").asInt()).isEqualTo(1);
            assertThat(agent.commands.jobs().getFirst().state()).isEqualTo("done");
        }
    }

    @Test
    void aJobThatIsAskedForAgainTellsBothItsReplies() throws Exception {
        byte[] order = order("o-1", "later");
        effects.release();
        try (Agent _ = up(effects)) {
            desk.send("effect", "c1", order);
            assertThat(desk.status("c1", 2)).isEqualTo(200);
            desk.send("effect", "c1", order);
            assertThat(desk.reply("c1", 3).payload())
                    .isEqualTo(desk.reply("c1", 1).payload());
            assertThat(desk.reply("c1", 4).payload())
                    .isEqualTo(desk.reply("c1", 2).payload());
            assertThat(effects.done).hasSize(1);
        }
    }

    @Test
    void anAnswerThatTakesTooLongBecomesAJob() throws Exception {
        try (Agent _ = up(effects)) {
            desk.send("effect", "c1", order("o-1", "slow"));
            assertThat(desk.status("c1", 1)).isEqualTo(202);
            desk.send("ping", "c2", new byte[0]);
            assertThat(desk.status("c2", 1)).isEqualTo(200);
            effects.release();
            assertThat(desk.status("c1", 2)).isEqualTo(200);
            assertThat(effects.done).hasSize(1);
        }
    }

    @Test
    void whatFindsNoPlaceAmongTheJobsIsRefused() throws Exception {
        try (Agent _ = up(effects)) {
            for (int i = 1; i <= 3; i++) {
                desk.send("effect", "c" + i, order("o-" + i, "later"));
                assertThat(desk.status("c" + i, 1)).isEqualTo(202);
            }
            desk.send("effect", "c4", order("o-4", "later"));
            assertThat(desk.status("c4", 1)).isEqualTo(503);
            effects.released.release(3);
            for (int i = 1; i <= 3; i++) {
                assertThat(desk.status("c" + i, 2)).isEqualTo(200);
            }
            assertThat(effects.done).containsExactly("o-1", "o-2", "o-3");
        }
    }

    @Test
    void whatIsOrderedAlreadyIsAJobThoughThereIsNoPlace() throws Exception {
        try (Agent _ = up(effects)) {
            for (int i = 1; i <= 3; i++) {
                desk.send("effect", "c" + i, order("o-" + i, "later"));
                assertThat(desk.status("c" + i, 1)).isEqualTo(202);
            }
            desk.send("effect", "c4", order("o-4", "begun"));
            assertThat(desk.status("c4", 1)).isEqualTo(202);
            effects.released.release(3);
            assertThat(desk.status("c4", 2)).isEqualTo(200);
            assertThat(effects.done).contains("o-4");
        }
    }

    @Test
    void whatCouldNotBeSavedIsNotOrderedOfOthers() throws Exception {
        try (Agent _ = up(effects);
                Connection other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("state.db"));
                Statement sql = other.createStatement()) {
            sql.execute("CREATE TRIGGER no_jobs BEFORE INSERT ON job BEGIN SELECT RAISE(ABORT, 'told to fail'); END");
            desk.send("effect", "c1", order("o-1", "elsewhere"));
            assertThat(desk.status("c1", 1)).isEqualTo(503);
            assertThat(effects.ordered).isEmpty();
            sql.execute("DROP TRIGGER no_jobs");
            desk.send("effect", "c2", order("o-2", "elsewhere"));
            assertThat(desk.status("c2", 2)).isEqualTo(200);
            assertThat(effects.ordered).containsExactly("o-2");
        }
    }

    @Test
    void whatOthersDoIsOrderedAgainByTheNextStart() throws Exception {
        Instant later = Instant.now().plusSeconds(600);
        try (Agent agent = agent(effects)) {
            byte[] payload = order("o-1", "elsewhere");
            agent.state.commands().receive(key("c1"), "effect", later, null);
            Job job = new Job("j1", Instant.now(), key("c1"), "effect", Job.Step.QUEUED, "waits", payload, later, 0);
            agent.state.jobs().add(job, 202, "{}".getBytes(StandardCharsets.UTF_8));
        }
        try (Agent _ = up(effects)) {
            assertThat(desk.endStatus("c1")).isEqualTo(200);
            assertThat(effects.ordered).containsExactly("o-1");
        }
    }

    @Test
    void aStopLeavesAJobBegunAndTheNextStartRunsItAgainWhereThatIsHarmless() throws Exception {
        try (Agent _ = up(effects)) {
            desk.send("effect", "c1", order("o-1", "later"));
            assertThat(effects.begun.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(desk.status("c1", 1)).isEqualTo(202);
        }
        Effects next = new Effects(true);
        next.release();
        try (Agent _ = up(next)) {
            assertThat(desk.status("c1", 2)).isEqualTo(200);
            assertThat(next.done).as("with its claims").containsExactly("o-1");
            assertThat(effects.done).isEmpty();
        }
    }

    @Test
    void aBegunJobThatMayNotRunAgainEndsAsInterrupted() throws Exception {
        Effects once = new Effects(false);
        try (Agent _ = up(once)) {
            desk.send("effect", "c1", order("o-1", "later"));
            desk.send("effect", "c2", order("o-2", "later"));
            assertThat(once.begun.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(desk.status("c2", 1)).isEqualTo(202);
        }
        Effects next = new Effects(false);
        next.release();
        try (Agent agent = up(next)) {
            assertThat(desk.endStatus("c1")).isEqualTo(500);
            assertThat(new ObjectMapper()
                            .readTree(desk.end("c1").payload())
                            .path("error")
                            .asText())
                    .startsWith("interrupted");
            assertThat(desk.endStatus("c2")).as("it had not begun").isEqualTo(200);
            assertThat(next.done).containsExactly("o-2");
            assertThat(agent.commands.jobs()).extracting(ReportParts.Job::state).contains("failed", "done");
        }
    }

    @Test
    void whatAStartCouldNotTakeUpIsTakenUpLaterAndNothingTwice() throws Exception {
        Effects once = new Effects(false);
        Instant at = Instant.now();
        try (Agent agent = agent(once)) {
            for (int n = 1; n <= 2; n++) {
                CommandKey key = key("c" + n);
                agent.state.commands().receive(key, "effect", at.plusSeconds(600), null);
                agent.state.commands().started(key);
                Job.Step step = n == 1 ? Job.Step.QUEUED : Job.Step.STARTED;
                byte[] order = order("o-" + n, "later");
                agent.state
                        .jobs()
                        .add(
                                new Job(
                                        "j-" + n,
                                        at.plusMillis(n),
                                        key,
                                        "effect",
                                        step,
                                        "",
                                        order,
                                        at.plusSeconds(600),
                                        0),
                                202,
                                new byte[] {'{', '}'});
            }
            sql("CREATE TRIGGER full BEFORE UPDATE ON job WHEN OLD.id = 'j-2'"
                    + " BEGIN SELECT RAISE(ABORT, 'as if the disk were full'); END");
            agent.start().awaitUp();
            assertThat(once.begun.await(30, TimeUnit.SECONDS)).isTrue();
            sql("DROP TRIGGER full");
            assertThat(desk.json("c2", 2).path("error").asText()).startsWith("interrupted");
            once.release();
            assertThat(desk.status("c1", 2)).isEqualTo(200);
            once.release();
            desk.send("effect", "c3", order("o-3", "later"));
            assertThat(desk.status("c3", 2)).isEqualTo(200);
            assertThat(once.done).containsExactly("o-1", "o-3");
            assertThat(agent.commands.jobs())
                    .extracting(ReportParts.Job::id)
                    .contains("j-1", "j-2")
                    .doesNotHaveDuplicates();
        }
    }

    private void sql(String statement) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("state.db"));
                Statement each = connection.createStatement()) {
            each.executeUpdate(statement);
        }
    }

    @Test
    void whatABegunCommandHadToSayIsSaidByTheNextStartUnasked() throws Exception {
        try (Agent agent = agent(new Effects(false))) {
            agent.state.commands().receive(key("c1"), "effect", Instant.now().plusSeconds(60), null);
            agent.state.commands().started(key("c1"));
        }
        try (Agent _ = up(new Effects(false))) {
            assertThat(desk.status("c1", 1)).isEqualTo(500);
            assertThat(desk.json("c1", 1).path("error").asText()).startsWith("interrupted");
        }
    }

    @Test
    void anEndThatComesWhileTheConnectionIsAwayIsToldOnTheNextOne() throws Exception {
        UplinkConfig config = Configs.uplink(broker.uri());
        BrokerLink paho = Configs.link(config);
        AtomicBoolean away = new AtomicBoolean();
        BrokerLink link = new BrokerLink() {
            @Override
            public BrokerConnection open(Message will, Duration willDelay, ConnectionListener listener)
                    throws BrokerUnavailableException {
                if (away.get()) {
                    throw new BrokerUnavailableException("told to be away");
                }
                return paho.open(will, willDelay, listener);
            }

            @Override
            public boolean renewed() {
                return false;
            }
        };
        try (Agent agent = new Agent(folder, config, link, List.of(effects)).start()) {
            agent.awaitUp();
            desk.send("effect", "c1", order("o-1", "later"));
            assertThat(desk.status("c1", 1)).isEqualTo(202);
            assertThat(effects.begun.await(30, TimeUnit.SECONDS)).isTrue();
            away.set(true);
            Objects.requireNonNull(agent.current.get()).connection().abort();
            effects.release();
            awaitDone(agent.state);
            assertThat(desk.replies("c1")).hasSize(1);
            away.set(false);
            assertThat(desk.endStatus("c1")).isEqualTo(200);
            awaitTold(agent.state);
        }
    }

    @Test
    void aReplyThatIsOwedSurvivesARestart() throws Exception {
        try (Agent agent = agent(effects)) {
            Instant later = Instant.now().plusSeconds(60);
            agent.state.commands().receive(key("c1"), "effect", later, null);
            agent.state.commands().done(key("c1"), 200, "{}".getBytes(StandardCharsets.UTF_8));
            agent.state.commands().receive(key("c2"), "effect", Instant.now().minusSeconds(1), null);
            agent.state.commands().done(key("c2"), 200, "{}".getBytes(StandardCharsets.UTF_8));
        }
        try (Agent agent = up(effects)) {
            assertThat(desk.status("c1", 1)).isEqualTo(200);
            awaitTold(agent.state);
        }
        try (Agent _ = up(effects)) {
            desk.send("ping", "c3", new byte[0]);
            assertThat(desk.status("c3", 1)).isEqualTo(200);
            assertThat(desk.replies("c1")).as("told once").hasSize(1);
            assertThat(desk.replies("c2")).as("expired").isEmpty();
        }
    }

    private static void awaitDone(State state) throws Exception {
        await(() -> state.jobs().latest(1).getFirst().step() == Job.Step.DONE);
    }

    private static void awaitTold(State state) throws Exception {
        await(() -> state.commands().owed(Instant.now(), 10).isEmpty());
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("patience").isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }
}
