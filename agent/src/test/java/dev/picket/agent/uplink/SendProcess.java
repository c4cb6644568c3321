package dev.picket.agent.uplink;

import dev.picket.agent.read.ReadProcess;
import java.net.URI;
import java.nio.file.Path;

/** {@link ReadProcess} with an uplink beside it: a file goes in, events come out, until it is killed. */
public final class SendProcess {
    private SendProcess() {}

    /**
     * @param args as those of {@link ReadProcess}, then the broker
     */
    public static void main(String... args) throws Exception {
        Path folder = Path.of(args[0]).resolveSibling("");
        URI broker = URI.create(args[4]);
        ReadProcess.run(args, journal -> new Agent(folder, Configs.uplink(broker), journal).start());
    }
}
