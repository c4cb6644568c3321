package dev.picket.agent.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.Seed;
import dev.picket.agent.uplink.Mosquitto;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL at every step of reading, sending and commands, at named points and at random ones; then started again, and the
 * same holds in the end. A test run has a sample, another one each time; the profile {@code long} has the whole table, or
 * with {@code -Dpicket.rows=job} those rows whose name has it.
 */
class KillTableTest {
    private static final int SAMPLED_ROWS = 4;
    private static final int SAMPLED_DEATHS = 4;
    private static final int RANDOM_SCENES = 20;
    private static final int DEATHS_A_SCENE = 10;
    private static final int WINDOW = 100;

    @TempDir
    Path folder;

    @Test
    void everyPointIsInTheCode() {
        assertThat(Table.rows()).hasSizeGreaterThan(30);
        assertThat(Table.rows())
                .flatExtracting(Row::deaths)
                .allSatisfy(point -> assertThat(Spot.of(point)).isNotEmpty());
        assertThatThrownBy(() -> Spot.of(Point.entry("gone", "read.Intake.renamed")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("say where it is now");
    }

    @TestFactory
    Stream<DynamicTest> someRows() {
        long seed = Seed.ofThisRun();
        List<Row> rows = new ArrayList<>(Table.rows());
        Collections.shuffle(rows, new Random(seed));
        return rows.stream()
                .limit(SAMPLED_ROWS)
                .map(row -> DynamicTest.dynamicTest(row + " (sample " + seed + ")", () -> dies(row)));
    }

    @Test
    void someRandomPoints() throws Exception {
        diesAtRandom(Seed.ofThisRun(), SAMPLED_DEATHS);
    }

    @TestFactory
    @Tag("long")
    Stream<DynamicTest> allRows() {
        String wanted = System.getProperty("picket.rows", "");
        return Table.rows().stream()
                .filter(row -> row.toString().contains(wanted))
                .map(row -> DynamicTest.dynamicTest(row.toString(), () -> dies(row)));
    }

    @TestFactory
    @Tag("long")
    Stream<DynamicTest> twoHundredRandomPoints() {
        return Stream.iterate(Seed.ofThisRun(), seed -> seed + 1)
                .limit(RANDOM_SCENES)
                .map(seed -> DynamicTest.dynamicTest("seed " + seed, () -> diesAtRandom(seed, DEATHS_A_SCENE)));
    }

    private void dies(Row row) throws Exception {
        Path place = Files.createTempDirectory(folder, "row");
        try (Mosquitto broker = Mosquitto.start(place, Scene.PACKETS);
                Scene scene = new Scene(place, broker.uri(), WINDOW)) {
            for (Point point : row.deaths()) {
                scene.traffic(20, 1);
                assertThat(scene.lives(Trap.at(point), 10, 1))
                        .as("the agent comes by where '%s' is", point)
                        .isPresent();
            }
            scene.finish();
            scene.assertWhole();
        }
    }

    private void diesAtRandom(long seed, int deaths) throws Exception {
        Random random = new Random(seed);
        RandomTraps traps = new RandomTraps(random);
        Path place = Files.createTempDirectory(folder, "random");
        try (Mosquitto broker = Mosquitto.start(place, Scene.PACKETS);
                Scene scene = new Scene(place, broker.uri(), WINDOW)) {
            for (int death = 0; death < deaths; death++) {
                scene.traffic(random.nextInt(30), 1);
                scene.livesAtMost(random.nextInt(1_500), traps.next(), random.nextInt(20), 1);
            }
            scene.finish();
            scene.assertWhole();
        } catch (AssertionError e) {
            throw new AssertionError("With seed " + seed + ": " + e.getMessage(), e);
        }
    }
}
