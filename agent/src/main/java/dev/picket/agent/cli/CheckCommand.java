package dev.picket.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.config.ConfigException;
import dev.picket.agent.config.PicketConfig;
import dev.picket.agent.overlay.ConfigSource;
import dev.picket.agent.overlay.Overlays;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what is wrong, and what to do, before anything is started. */
@Command(
        name = "check",
        description = "Looks at configuration, files, ports, broker and trust; changes nothing.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = "Exit codes: 0 nothing found, 1 findings, 78 the configuration cannot be used.")
public final class CheckCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(names = "--json", description = "One JSON object instead of text.")
    private boolean json;

    @Option(names = "--journal", description = "Each line with its level in front, as the system's journal reads it.")
    private boolean journal;

    @Option(
            names = "--tell",
            description =
                    "Tells the running agent what was found: status, page and report show it until the next check.")
    private boolean tell;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, JsonProcessingException {
        ConfigSource source = config.source();
        Overlays overlays = Overlays.look(source, source.own());
        List<Finding> findings = new ArrayList<>(new Checks(overlays.config(), overlays.stored()).run());
        if (tell) {
            tell(overlays.config(), findings);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(new ObjectMapper().writeValueAsString(Map.of("findings", findings)));
        } else {
            findings.forEach(finding -> out.println(journal ? journalLine(finding) : line(finding)));
        }
        return findings.stream().allMatch(finding -> finding.level() == Finding.Level.OK)
                ? ExitCode.OK
                : ExitCode.FINDINGS;
    }

    /** An agent that does not answer is a finding, too, and the most important one. */
    private static void tell(PicketConfig config, List<Finding> findings) {
        String found = findings.stream()
                .filter(finding -> finding.level() != Finding.Level.OK)
                .map(finding -> finding.about() + ": " + finding.sentence().replaceAll("\\p{Cntrl}+", " "))
                .collect(Collectors.joining("\n"));
        try {
            LocalAgent.of(config).post("/api/check", found);
            findings.add(Finding.ok("agent", "it runs, and was told what was found"));
        } catch (CommandFailure e) {
            findings.add(Finding.error("agent", String.valueOf(e.getMessage())));
        }
    }

    /** sd-daemon(3): the level of syslog in angle brackets. */
    private static String journalLine(Finding finding) {
        int level = switch (finding.level()) {
            case OK -> 6;
            case WARNING -> 4;
            case ERROR -> 3;
        };
        return "<%d>%s: %s".formatted(level, finding.about(), finding.sentence());
    }

    private static String line(Finding finding) {
        String style = switch (finding.level()) {
            case OK -> "green";
            case WARNING -> "yellow";
            case ERROR -> "red";
        };
        String level = finding.level().name().toLowerCase(Locale.ROOT);
        return Ansi.AUTO.string("@|" + style + " %-8s|@".formatted(level)) + finding.about() + ": "
                + finding.sentence();
    }
}
