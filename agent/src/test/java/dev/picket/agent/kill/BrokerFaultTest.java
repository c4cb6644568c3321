package dev.picket.agent.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.Seed;
import dev.picket.agent.uplink.Mosquitto;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The broker is killed, restarted or hung at named points of the agent's life, which goes on or ends at another one; the same
 * holds in the end as in {@link KillTableTest}.
 */
class BrokerFaultTest {
    private static final int SAMPLED = 2;

    private enum Kind {
        KILLED,
        RESTARTED,
        HUNG
    }

    private record Row(Kind kind, Point at, @Nullable Point death) {
        @Override
        public String toString() {
            return "broker " + kind + " at " + at + (death == null ? "" : ", agent at " + death);
        }
    }

    @TempDir
    Path folder;

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (Point at : Table.whereTheBrokerFails()) {
                rows.add(new Row(kind, at, null));
            }
            for (Point death : Table.whereTheAgentDiesAfterwards()) {
                rows.add(new Row(kind, Table.PUBLISHED.pass(5), death));
            }
        }
        return rows;
    }

    @TestFactory
    Stream<DynamicTest> someRows() {
        long seed = Seed.ofThisRun();
        List<Row> rows = rows();
        Collections.shuffle(rows, new Random(seed));
        return rows.stream()
                .limit(SAMPLED)
                .map(row -> DynamicTest.dynamicTest(row + " (sample " + seed + ")", () -> holds(row)));
    }

    @TestFactory
    @Tag("long")
    Stream<DynamicTest> allRows() {
        return rows().stream().map(row -> DynamicTest.dynamicTest(row.toString(), () -> holds(row)));
    }

    private void holds(Row row) throws Exception {
        Path place = Files.createTempDirectory(folder, "row");
        try (Mosquitto broker = Mosquitto.start(place, Scene.PACKETS);
                Scene scene = new Scene(place, broker.uri(), 100)) {
            scene.traffic(20, 2);
            boolean died = scene.livesThrough(fault(row.kind(), broker, scene), row.at(), row.death())
                    .isPresent();
            assertThat(died)
                    .as("the agent comes by where '%s' is afterwards", row.death())
                    .isEqualTo(row.death() != null);
            scene.finish();
            scene.assertWhole();
        }
    }

    private static Fault fault(Kind kind, Mosquitto broker, Scene scene) {
        return switch (kind) {
            case KILLED -> new Killed(broker, scene);
            case RESTARTED -> new Restarted(broker, scene);
            case HUNG -> new Hung(broker);
        };
    }

    /** It loses its sessions; what it has acknowledged has reached the consumer before. */
    private record Killed(Mosquitto broker, Scene scene) implements Fault {
        @Override
        public void strike() throws Exception {
            scene.awaitDelivered();
            broker.kill();
        }

        @Override
        public void heal(Life agent) throws Exception {
            // The consumer is there first: nothing is kept for one that the broker has forgotten.
            agent.freeze();
            broker.start();
            scene.reconnect();
            agent.thaw();
        }
    }

    /** It stops in good order and keeps its sessions. */
    private record Restarted(Mosquitto broker, Scene scene) implements Fault {
        @Override
        public void strike() throws Exception {
            broker.stop();
        }

        @Override
        public void heal(Life agent) throws Exception {
            broker.start();
            scene.reconnect();
        }
    }

    /** Its connections stay, and nothing answers. */
    private record Hung(Mosquitto broker) implements Fault {
        @Override
        public void strike() throws Exception {
            broker.freeze();
        }

        @Override
        public void heal(Life agent) throws Exception {
            broker.thaw();
        }
    }
}
