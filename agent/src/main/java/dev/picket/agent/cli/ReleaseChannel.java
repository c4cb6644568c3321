package dev.picket.agent.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says which Set gateways of a channel take. */
@Command(
        name = "channel",
        description = "Make a channel name a Set; gateways that follow it take that Set once it is published.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReleaseChannel implements Callable<Integer> {
    @Mixin
    private ReleaseOptions options = new ReleaseOptions();

    @Parameters(index = "0", paramLabel = "NAME", description = "The channel, such as stable.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "SET/N", description = "The Set and its counter, such as factory/3.")
    private String set = "";

    @Option(names = "--dry-run", description = "Say what would be written, and write nothing.")
    private boolean dry;

    @Override
    public Integer call() throws CommandFailure {
        ReleaseOptions.Outcome<String> done = options.change(dry, (repository, _) -> {
            repository.pointChannel(name, set);
            return name;
        });
        options.print(
                done,
                dry,
                ReleaseOptions.object().put("channel", name).put("set", set),
                List.of("Channel " + name + " names " + set + ". Publish it next."));
        return ExitCode.OK;
    }
}
