package dev.picket.agent.cli;

import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Signs what was added and writes the tree that gateways read. */
@Command(
        name = "publish",
        description = {
            "Sign what was added, and write the tree to where it is served from.",
            "Where the offline keys are elsewhere, collect their signatures with 'picket release sign' first."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReleasePublish implements Callable<Integer> {
    @Mixin
    private PublishOptions options = new PublishOptions();

    @Override
    public Integer call() throws CommandFailure {
        return options.run((repository, target, keys, validity, progress) ->
                repository.publish(target, keys, validity, Instant.now(), progress));
    }
}
