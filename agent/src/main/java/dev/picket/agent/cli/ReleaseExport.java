package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.UsbIndex;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Puts what is published on a stick. */
@Command(
        name = "export",
        description = {
            "Copy what was published last to a stick, force it to the stick's memory, and read it back as a gateway would.",
            "A gateway takes it with 'picket install DIR'."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReleaseExport implements Callable<Integer> {
    @Mixin
    private ReleaseOptions options = new ReleaseOptions();

    @Option(names = "--usb", required = true, paramLabel = "DIR", description = "A folder on the stick.")
    private Path usb = Path.of(".");

    @Option(
            names = "--set",
            paramLabel = "SET",
            description = "What the stick is for, such as factory/4; else 'picket install' has to name it.")
    private @Nullable String set;

    @Option(names = "--dry-run", description = "Say what would be written, and write nothing.")
    private boolean dry;

    @Override
    public Integer call() throws CommandFailure {
        ReleaseOptions.Outcome<Path> done = copy();
        ObjectNode result = ReleaseOptions.object().put("exported", usb.toString());
        if (dry) {
            options.print(done, true, result, List.of("Exported to " + usb + "."));
            return ExitCode.OK;
        }
        Path root = options.repository.resolve("tree/metadata/1.root.json");
        return ReleaseVerify.verify(options, usb.toAbsolutePath().toUri(), root, result);
    }

    private ReleaseOptions.Outcome<Path> copy() throws CommandFailure {
        try (TerminalProgress progress = TerminalProgress.ofBytes("Copying", options.json)) {
            return options.change(dry, (repository, disk) -> {
                Optional<UsbIndex> index = Optional.empty();
                if (set != null) {
                    index = Optional.of(new UsbIndex(repository.publishedSet(set)));
                }
                repository.copy(usb, progress);
                if (index.isPresent()) {
                    disk.write(
                            usb.resolve(UsbIndex.NAME),
                            StrictJson.pretty(index.get().toJson()));
                }
                return usb;
            });
        }
    }
}
