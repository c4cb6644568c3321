package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.update.ExamPaper;
import dev.picket.ota.release.Kind;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.SetManifest;
import dev.picket.ota.repository.Repository;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Adds a base, a task or a Set to a repository; nothing counts before it is published. */
@Command(
        name = "add",
        description = "Add a base, a task or a Set; it counts once it is published.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ReleaseAdd {
    private static final String MINIMUM_AGENT = "0.1.0";
    private static final String TEAM = "The team that releases it, with its own key; else the targets key signs.";

    @Command(
            name = "base",
            description = "Add a base's folder as the next release of its name.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class)
    int base(
            @Mixin ReleaseOptions options,
            @Parameters(paramLabel = "DIR", description = "The folder with base.json.") Path folder,
            @Option(
                            names = "--minimum-agent",
                            defaultValue = MINIMUM_AGENT,
                            description = "The oldest agent that can run it. Default: ${DEFAULT-VALUE}.")
                    String minimumAgent,
            @Option(names = "--team", paramLabel = "NAME", description = TEAM) @Nullable String team,
            @Option(names = "--dry-run", description = "Say what would be written, and write nothing.") boolean dry)
            throws CommandFailure {
        return add(options, Kind.BASE, folder, minimumAgent, team, dry);
    }

    @Command(
            name = "task",
            description = {
                "Add a task's folder as the next release of its name; its base must be here.",
                "It is refused when no gateway could take it: its exam, its calibration and what the desk answered are looked at.",
                "One with a cascade asks for an agent that knows first stages, whatever --minimum-agent says."
            },
            mixinStandardHelpOptions = true,
            versionProvider = Version.class)
    int task(
            @Mixin ReleaseOptions options,
            @Parameters(paramLabel = "DIR", description = "The folder with task.json.") Path folder,
            @Option(
                            names = "--minimum-agent",
                            defaultValue = MINIMUM_AGENT,
                            description = "The oldest agent that can run it. Default: ${DEFAULT-VALUE}.")
                    String minimumAgent,
            @Option(names = "--team", paramLabel = "NAME", description = TEAM) @Nullable String team,
            @Option(names = "--dry-run", description = "Say what would be written, and write nothing.") boolean dry)
            throws CommandFailure {
        ExamPaper paper = ReleaseOptions.run(() -> {
            ExamPaper read = ExamPaper.read(folder, ExamPaper.MAX_ROWS);
            read.checkDesk();
            return read;
        });
        return add(options, Kind.TASK, folder, KnownSince.atLeast(minimumAgent, paper.task()), team, dry);
    }

    @Command(
            name = "set",
            description = "Add the next Set of a name: one base and its tasks.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class)
    int set(
            @Mixin ReleaseOptions options,
            @Parameters(paramLabel = "NAME", description = "The Set's name.") String name,
            @Option(
                            names = "--base",
                            required = true,
                            paramLabel = "NAME[/N]",
                            description = "The base; its newest release unless a counter is given.")
                    String base,
            @Option(names = "--task", paramLabel = "NAME[/N]", description = "A task; repeat for more.") @Nullable
                    List<String> tasks,
            @Option(
                            names = "--first-stage",
                            paramLabel = "NAME[/N]",
                            description = "A cheaper base that is asked before, by tasks that have a cascade.")
                    @Nullable
                    String first,
            @Option(
                            names = "--first-stage-task",
                            paramLabel = "NAME[/N]",
                            description = "A task of the first stage; repeat for more.")
                    @Nullable
                    List<String> firstTasks,
            @Option(names = "--channel", paramLabel = "NAME", description = "Make this channel name the Set.") @Nullable
                    String channel,
            @Option(names = "--dry-run", description = "Say what would be written, and write nothing.") boolean dry)
            throws CommandFailure {
        List<String> members = tasks == null ? List.of() : tasks;
        if ((first == null) != (firstTasks == null)) {
            throw new CommandFailure(
                    ExitCode.USAGE, "a first stage is a base and its tasks; give --first-stage and --first-stage-task");
        }
        Repository.Stage before = first == null || firstTasks == null ? null : new Repository.Stage(first, firstTasks);
        ReleaseOptions.Outcome<SetManifest> added = options.change(dry, (repository, _) -> {
            SetManifest set = repository.addSet(name, new Repository.Stage(base, members), before);
            if (channel != null) {
                repository.pointChannel(channel, set.path());
            }
            return set;
        });
        SetManifest set = added.value();
        ObjectNode result = ReleaseOptions.object()
                .put("set", set.path())
                .put("counter", set.counter())
                .put("channel", channel);
        String named = channel == null ? "" : " Channel " + channel + " names it.";
        options.print(added, dry, result, List.of("Added " + set.path() + "." + named + " Publish it next."));
        return ExitCode.OK;
    }

    private static int add(
            ReleaseOptions options, Kind kind, Path folder, String minimumAgent, @Nullable String team, boolean dry)
            throws CommandFailure {
        ReleaseOptions.Outcome<Release> added = copy(options, kind, folder, minimumAgent, team, dry);
        Release release = added.value();
        ObjectNode result = ReleaseOptions.object()
                .put("release", release.path())
                .put("digest", release.digest())
                .put("bytes", release.bytes())
                .put("minimumAgent", release.minimumAgent())
                .put("team", team);
        String done = "Added " + release.path() + ": " + release.bytes() + " bytes, digest " + release.digest();
        options.print(added, dry, result, List.of(done + "."));
        return ExitCode.OK;
    }

    private static ReleaseOptions.Outcome<Release> copy(
            ReleaseOptions options, Kind kind, Path folder, String minimumAgent, @Nullable String team, boolean dry)
            throws CommandFailure {
        try (TerminalProgress progress = TerminalProgress.ofBytes("Hashing and copying", options.json)) {
            return options.change(
                    dry,
                    (repository, _) -> team == null
                            ? repository.add(kind, folder, minimumAgent, progress)
                            : repository.add(kind, folder, team, minimumAgent, progress));
        }
    }
}
