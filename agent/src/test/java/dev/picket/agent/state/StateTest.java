package dev.picket.agent.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateTest {
    private static final Instant LATER = Instant.parse("2026-11-20T11:00:00Z");

    @TempDir
    Path folder;

    private State open(int commandsKept) throws Exception {
        return State.open(folder.resolve("state.db"), 4 << 20, commandsKept);
    }

    private static CommandKey key(int n) {
        return new CommandKey("picket/v1/console/reply/desk", new byte[] {(byte) n});
    }

    @Test
    void theSessionGrowsAcrossRestarts() throws Exception {
        try (State state = open(10)) {
            assertThat(state.nextSession()).isEqualTo(1);
            assertThat(state.nextSession()).isEqualTo(2);
        }
        try (State state = open(10)) {
            assertThat(state.nextSession()).isEqualTo(3);
        }
    }

    @Test
    void aCommandStandsWhereItWasSavedAfterARestart() throws Exception {
        try (State state = open(10)) {
            assertThat(state.receive(key(1), "ping", LATER)).isEqualTo(new Standing.Received());
            assertThat(state.receive(key(2), "ping", LATER)).isEqualTo(new Standing.Received());
            state.started(key(2));
            state.receive(key(3), "ping", LATER);
            state.started(key(3));
            state.done(key(3), 200, new byte[] {7});
        }
        try (State state = open(10)) {
            assertThat(state.receive(key(1), "ping", LATER)).isEqualTo(new Standing.Received());
            assertThat(state.receive(key(2), "ping", LATER)).isEqualTo(new Standing.Started());
            assertThat(state.receive(key(3), "ping", LATER)).isInstanceOfSatisfying(Standing.Done.class, done -> {
                assertThat(done.status()).isEqualTo(200);
                assertThat(done.reply()).containsExactly(7);
            });
        }
    }

    @Test
    void theFirstReplyStands() throws Exception {
        try (State state = open(10)) {
            state.receive(key(1), "ping", LATER);
            state.done(key(1), 200, new byte[] {1});
            state.done(key(1), 500, new byte[] {2});
            assertThat(state.receive(key(1), "ping", LATER))
                    .isInstanceOfSatisfying(
                            Standing.Done.class,
                            done -> assertThat(done.status()).isEqualTo(200));
        }
    }

    @Test
    void aFullStateTakesNoNewCommandUntilOneExpires() throws Exception {
        try (State state = open(2)) {
            state.receive(key(1), "ping", LATER);
            state.receive(key(2), "ping", LATER.plusSeconds(10));
            assertThat(state.receive(key(3), "ping", LATER)).isEqualTo(new Standing.NoRoom(2));
            assertThat(state.receive(key(1), "ping", LATER)).isEqualTo(new Standing.Received());

            assertThat(state.expire(LATER)).isEqualTo(1);
            assertThat(state.receive(key(3), "ping", LATER)).isEqualTo(new Standing.Received());
        }
    }
}
