package dev.picket.agent.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.uplink.Mosquitto;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KillTableTest {
    @TempDir
    Path folder;

    static List<Point> points() {
        return List.of(
                Point.entry("read: a line is taken in", "read.Intake.accept"),
                Point.after("read: committed, before anybody knows", "journal.Journal.append", "write"),
                Point.exit("command: started saved, before it runs", "state.State.started"),
                Point.after("send: published, before the ack", "uplink.PahoConnection.publish", "publish").pass(7));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("points")
    void killedAtThePointAndStartedAgainAllIsThereOnce(Point point) throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder); Scene scene = new Scene(folder, broker.uri(), 100)) {
            long t0 = System.nanoTime();
            scene.traffic(20, 2);
            System.err.println("traffic " + (System.nanoTime() - t0) / 1000000);
            List<Trap> traps = Spot.of(point).stream().map(spot -> new Trap(spot, point.pass())).toList();
            assertThat(scene.lives(traps, 20, 2)).as(point.name()).isPresent();
            System.err.println("hit " + (System.nanoTime() - t0) / 1000000);
            scene.finish();
            System.err.println("finished " + (System.nanoTime() - t0) / 1000000);
            scene.assertWhole();
        }
    }
}
