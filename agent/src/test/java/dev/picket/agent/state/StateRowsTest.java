package dev.picket.agent.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.sqlite.Database;
import dev.picket.agent.sqlite.Schema;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What state.db keeps of commands, tokens, jobs, feedback and pauses; each test opens the file again. */
class StateRowsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(600);
    private static final String REPLY = "picket/v1/console/reply/desk";
    private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private State open() throws Exception {
        return open(100);
    }

    private State open(int each) throws Exception {
        return State.open(folder.resolve("state.db"), 4 << 20, Limits.of(each));
    }

    private static CommandKey key(int n) {
        return new CommandKey(REPLY, new byte[] {(byte) n});
    }

    private static Token token(String id) {
        return new Token("desk", id, LATER);
    }

    private static Job job(String id, int key) {
        return new Job(id, NOW, key(key), "resend", Job.Step.QUEUED, "waits", BODY, LATER, 0);
    }

    @Test
    void aFileOfTheFirstSchemaKeepsAllThatItHas() throws Exception {
        Path file = folder.resolve("state.db");
        try (Database first = Database.open(file, new Schema("state", List.of("001-commands.sql")), 4 << 20)) {
            first.write(connection -> {
                try (Statement statement = connection.createStatement()) {
                    statement.executeUpdate("INSERT INTO counter VALUES ('session', 41)");
                    statement.executeUpdate("INSERT INTO command VALUES ('" + REPLY + "', x'01', 'ping', 2, "
                            + LATER.toEpochMilli() + ", 200, x'7b7d')");
                    return statement.executeUpdate("INSERT INTO command VALUES ('" + REPLY + "', x'02', 'restart', 1, "
                            + LATER.toEpochMilli() + ", NULL, NULL)");
                }
            });
        }
        try (State state = open()) {
            assertThat(state.nextSession()).isEqualTo(42);
            assertThat(state.commands().answered(key(1)).orElseThrow().first().status())
                    .isEqualTo(200);
            assertThat(state.commands().owed(NOW, 10)).as("nobody waits for it").isEmpty();
            assertThat(state.commands().begunByVerb()).isEqualTo(Map.of("restart", List.of(key(2))));
        }
    }

    @Test
    void aReplyIsOwedUntilItIsToldOrExpires() throws Exception {
        try (State state = open()) {
            state.commands().receive(key(1), "ping", LATER, null);
            state.commands().done(key(1), 200, BODY);
            state.commands().receive(key(2), "ping", LATER, null);
            state.commands().done(key(2), 404, BODY);
        }
        try (State state = open()) {
            List<Owed> owed = state.commands().owed(NOW, 10);
            assertThat(owed).extracting(Owed::key).containsExactly(key(1), key(2));
            assertThat(state.commands().owed(NOW, 1)).hasSize(1);
            state.commands().told(owed.subList(0, 1));
        }
        try (State state = open()) {
            assertThat(state.commands().owed(NOW, 10)).extracting(Owed::status).containsExactly(404);
            assertThat(state.commands().owed(LATER, 10)).isEmpty();
            assertThat(state.commands().answered(key(1))).isPresent();
        }
    }

    @Test
    void aTokenIsTakenByOneCommandOnly() throws Exception {
        try (State state = open()) {
            assertThat(state.commands().receive(key(1), "restart", LATER, token("o-1")))
                    .isEqualTo(new Standing.Received());
        }
        try (State state = open()) {
            assertThat(state.commands().receive(key(2), "restart", LATER, token("o-1")))
                    .isEqualTo(new Standing.Replayed());
            assertThat(state.commands().receive(key(1), "restart", LATER, token("o-1")))
                    .isEqualTo(new Standing.Received());
            assertThat(state.commands().receive(key(2), "restart", LATER, new Token("other", "o-1", LATER)))
                    .as("another key's")
                    .isEqualTo(new Standing.Received());
        }
    }

    @Test
    void aCommandThatExpiredIsNotTakenAgainWithItsToken() throws Exception {
        try (State state = open()) {
            state.commands().receive(key(1), "restart", NOW.plusSeconds(1), token("o-1"));
            state.commands().expire(NOW.plusSeconds(2));
            assertThat(state.commands().receive(key(1), "restart", LATER, token("o-1")))
                    .isEqualTo(new Standing.Replayed());
        }
    }

    @Test
    void aFullMemoryOfTokensTakesNoMoreAndForgetsNone() throws Exception {
        try (State state = open(2)) {
            for (int i = 1; i <= 2; i++) {
                state.commands().receive(key(i), "restart", NOW.plusSeconds(1), token("o-" + i));
            }
            state.commands().expire(NOW.plusSeconds(2));
            assertThat(state.commands().receive(key(3), "restart", LATER, token("o-3")))
                    .isEqualTo(new Standing.NoRoom(2, "signed commands"));
            assertThat(state.commands().receive(key(4), "restart", LATER, token("o-1")))
                    .isEqualTo(new Standing.Replayed());
            assertThat(state.commands().receive(key(5), "ping", LATER, null)).isEqualTo(new Standing.Received());
        }
    }

    @Test
    void aCommandThatFindsNoRoomUsesUpNoToken() throws Exception {
        try (State state = open(1)) {
            state.commands().receive(key(1), "ping", NOW.plusSeconds(1), null);
            assertThat(state.commands().receive(key(2), "restart", LATER, token("o-1")))
                    .isEqualTo(new Standing.NoRoom(1, "commands"));
            state.commands().expire(NOW.plusSeconds(2));
            assertThat(state.commands().receive(key(2), "restart", LATER, token("o-1")))
                    .isEqualTo(new Standing.Received());
        }
    }

    @Test
    void tokensThatAClockAheadMadeForgottenStayRefused() throws Exception {
        try (State state = open()) {
            assertThat(state.memory(NOW)).isEqualTo(Memory.WHOLE);
            state.commands().receive(key(1), "restart", LATER, token("o-1"));
            state.commands().expire(LATER.plusSeconds(86_400));
            state.commands().expire(NOW);
        }
        try (State state = open()) {
            assertThat(state.memory(NOW)).isEqualTo(new Memory(Instant.EPOCH, LATER));
        }
    }

    @Test
    void aJobIsSavedWithTheFirstReplyAndOwesTheSecond() throws Exception {
        try (State state = open()) {
            state.commands().receive(key(1), "resend", LATER, null);
            state.commands().started(key(1));
            state.jobs().add(job("j-1", 1), 202, BODY);
        }
        try (State state = open()) {
            assertThat(state.commands().answered(key(1)).orElseThrow().first().status())
                    .isEqualTo(202);
            assertThat(state.jobs().unfinished()).extracting(Job::step).containsExactly(Job.Step.QUEUED);
            state.jobs().started("j-1");
            state.jobs().progress("j-1", "half");
        }
        try (State state = open()) {
            Job found = state.jobs().unfinished().getFirst();
            assertThat(found.step()).isEqualTo(Job.Step.STARTED);
            assertThat(found.progress()).isEqualTo("half");
            assertThat(found.payload()).isEqualTo(BODY);
            state.commands().told(state.commands().owed(NOW, 10));
            state.jobs().done("j-1", "all", 200, BODY, LATER.plusSeconds(60));
            state.jobs().done("j-1", "again", 500, BODY, LATER);
        }
        try (State state = open()) {
            assertThat(state.jobs().unfinished()).isEmpty();
            Owed owed = state.commands().owed(LATER, 10).getFirst();
            assertThat(owed.job()).isEqualTo("j-1");
            assertThat(owed.status()).isEqualTo(200);
            state.commands().told(List.of(owed));
            assertThat(state.commands().owed(NOW, 10)).isEmpty();
            assertThat(state.commands().answered(key(1)).orElseThrow().end())
                    .extracting(Owed::job)
                    .isEqualTo("j-1");
            state.commands().expire(LATER.plusSeconds(61));
            assertThat(state.jobs().latest(10)).isEmpty();
        }
    }

    @Test
    void feedbackKeepsTheLastWordAndNoMoreThanItMay() throws Exception {
        try (State state = open(1)) {
            assertThat(state.feedback().put(new Feedback("e-alarm-1", "good", "ada", NOW)))
                    .isTrue();
            assertThat(state.feedback().put(new Feedback("e-alarm-1", "bad", "bob", NOW)))
                    .isTrue();
            assertThat(state.feedback().put(new Feedback("e-alarm-2", "bad", "bob", NOW)))
                    .isFalse();
        }
        try (State state = open(1)) {
            assertThat(state.feedback().list(10)).containsExactly(new Feedback("e-alarm-1", "bad", "bob", NOW));
            assertThat(state.feedback().count()).isEqualTo(1);
        }
    }

    @Test
    void pausesOutliveARestart() throws Exception {
        try (State state = open()) {
            state.pauses().replace(Map.of("a", "why", "b", ""), NOW);
            state.pauses().replace(Map.of("b", "because"), NOW);
        }
        try (State state = open()) {
            assertThat(state.pauses().all()).isEqualTo(Map.of("b", "because"));
        }
    }
}
