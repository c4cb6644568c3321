package dev.picket.agent.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.sqlite.Database;
import dev.picket.agent.sqlite.Schema;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state.db of each schema that was ever released opens, with what must survive in it. */
class StateMigrationTest {
    @TempDir
    Path folder;

    @Test
    void schemaOneKeepsItsSessionAndItsAnsweredCommands() throws Exception {
        Path file = folder.resolve("state.db");
        Schema first = new Schema("state", List.of("001-commands.sql"));
        try (Database database = Database.open(file, first, 1 << 20)) {
            database.write(connection -> {
                try (Statement statement = connection.createStatement()) {
                    return statement.executeUpdate("INSERT INTO counter (name, value) VALUES ('session', 41);"
                            + " INSERT INTO command VALUES ('picket/v1/console/reply/a', x'0102', 'ping', 2,"
                            + " 4102444800000, 200, x'7b7d')");
                }
            });
        }
        try (State state = State.open(file, 4 << 20, Limits.of(10))) {
            assertThat(state.nextSession()).isEqualTo(42);
            assertThat(state.memory(Instant.EPOCH)).isEqualTo(Memory.WHOLE);
            CommandKey key = new CommandKey("picket/v1/console/reply/a", new byte[] {1, 2});
            assertThat(state.commands().answered(key))
                    .hasValueSatisfying(
                            done -> assertThat(done.first().status()).isEqualTo(200));
        }
    }
}
