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
        return State.open(folder.resolve("state.db"), 4 << 20, Limits.of(commandsKept));
    }

    private static CommandKey key(int n) {
        return new CommandKey("picket/v1/console/reply/desk", new byte[] {(byte) n});
    }

    private static Token token(int n) {
        return new Token("desk", "o-" + n, LATER.plusSeconds(10));
    }

    @Test
    void theSessionGrowsAcrossRestarts() throws Exception {
        try (State state = open(40)) {
            assertThat(state.nextSession()).isEqualTo(1);
            assertThat(state.nextSession()).isEqualTo(2);
        }
        try (State state = open(40)) {
            assertThat(state.nextSession()).isEqualTo(3);
        }
    }

    @Test
    void aCommandStandsWhereItWasSavedAfterARestart() throws Exception {
        try (State state = open(40)) {
            assertThat(state.commands().receive(key(1), "ping", LATER, null)).isEqualTo(new Standing.Received());
            assertThat(state.commands().receive(key(2), "ping", LATER, null)).isEqualTo(new Standing.Received());
            state.commands().started(key(2));
            state.commands().receive(key(3), "ping", LATER, null);
            state.commands().started(key(3));
            state.commands().done(key(3), 200, new byte[] {7});
        }
        try (State state = open(40)) {
            assertThat(state.commands().receive(key(1), "ping", LATER, null)).isEqualTo(new Standing.Received());
            assertThat(state.commands().receive(key(2), "ping", LATER, null)).isEqualTo(new Standing.Started());
            assertThat(state.commands().receive(key(3), "ping", LATER, null))
                    .isInstanceOfSatisfying(Standing.Done.class, done -> {
                        assertThat(done.status()).isEqualTo(200);
                        assertThat(done.reply()).containsExactly(7);
                    });
        }
    }

    @Test
    void theFirstReplyStands() throws Exception {
        try (State state = open(40)) {
            state.commands().receive(key(1), "ping", LATER, null);
            state.commands().done(key(1), 200, new byte[] {1});
            state.commands().done(key(1), 500, new byte[] {2});
            assertThat(state.commands().receive(key(1), "ping", LATER, null))
                    .isInstanceOfSatisfying(
                            Standing.Done.class,
                            done -> assertThat(done.status()).isEqualTo(200));
        }
    }

    @Test
    void unsignedCommandsTakeAQuarterOfTheRoomAndLeaveTheRestToSignedOnes() throws Exception {
        try (State state = open(8)) {
            state.commands().receive(key(1), "ping", LATER, null);
            state.commands().receive(key(2), "ping", LATER.plusSeconds(10), null);
            assertThat(state.commands().receive(key(3), "ping", LATER, null))
                    .isEqualTo(new Standing.NoRoom(2, "unsigned commands"));
            for (int i = 4; i < 10; i++) {
                assertThat(state.commands().receive(key(i), "restart", LATER.plusSeconds(10), token(i)))
                        .isEqualTo(new Standing.Received());
            }
            assertThat(state.commands().receive(key(10), "restart", LATER, token(10)))
                    .isEqualTo(new Standing.NoRoom(8, "commands"));
            assertThat(state.commands().receive(key(1), "ping", LATER, null)).isEqualTo(new Standing.Received());

            assertThat(state.commands().expire(LATER)).isEqualTo(1);
            assertThat(state.commands().receive(key(3), "ping", LATER, null)).isEqualTo(new Standing.Received());
        }
    }
}
