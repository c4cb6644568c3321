import dev.picket.agent.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Writes picket(1) out of what the command line says of itself, so that the two cannot part.
 *
 * <p>Arguments: the version, the day, the file to write. On its class path is the agent.
 */
final class ManPage {
    private final StringBuilder page = new StringBuilder();

    private ManPage() {}

    public static void main(String[] arguments) throws IOException {
        CommandSpec picket = new CommandLine(new Main()).getCommandSpec();
        ManPage made = new ManPage();
        made.head(picket, arguments[0], arguments[1]);
        made.section("COMMANDS");
        made.commands(picket);
        made.foot(picket);
        Files.writeString(Path.of(arguments[2]), made.page);
    }

    private void head(CommandSpec picket, String version, String day) {
        page.append(".TH PICKET 1 ").append(quoted(day)).append(' ').append(quoted("Picket " + version)).append('\n');
        section("NAME");
        line("picket - classifies texts on a gateway and keeps every verdict safe");
        section("SYNOPSIS");
        page.append(".B picket\n");
        line("COMMAND [OPTION]... [WORD]...");
        section("DESCRIPTION");
        Arrays.stream(picket.usageMessage().description()).forEach(this::line);
        line("Each command takes --help, which says the same as this page, and --version.");
    }

    private void commands(CommandSpec above) {
        Set<CommandLine> below = new LinkedHashSet<>(above.subcommands().values());
        for (CommandLine each : below) {
            CommandSpec command = each.getCommandSpec();
            if (command.name().equals("help") || command.usageMessage().hidden()) {
                continue;
            }
            page.append(".SS ").append(quoted(command.qualifiedName() + words(command))).append('\n');
            Arrays.stream(command.usageMessage().description()).forEach(this::line);
            command.positionalParameters().forEach(this::argument);
            command.options().stream()
                    .filter(option -> !option.usageHelp() && !option.versionHelp())
                    .forEach(this::argument);
            page.append(".PP\n");
            Arrays.stream(command.usageMessage().footer())
                    .filter(text -> !text.isEmpty())
                    .forEach(this::line);
            commands(command);
        }
    }

    private static String words(CommandSpec command) {
        String positional = command.positionalParameters().stream()
                .map(each -> each.required() ? each.paramLabel() : "[" + each.paramLabel() + "]")
                .collect(Collectors.joining(" "));
        return positional.isEmpty() ? "" : " " + positional;
    }

    private void argument(ArgSpec argument) {
        if (argument.hidden()) {
            return;
        }
        String named = switch (argument) {
            case OptionSpec option -> String.join(", ", option.names())
                    + (option.arity().max() == 0 ? "" : "=" + option.paramLabel());
            case PositionalParamSpec positional -> positional.paramLabel();
            default -> throw new IllegalStateException("no option and no word: " + argument);
        };
        page.append(".TP\n.B ").append(escaped(named)).append('\n');
        Arrays.stream(argument.description()).forEach(this::line);
    }

    private void foot(CommandSpec picket) {
        section("EXIT STATUS");
        Arrays.stream(picket.usageMessage().footer())
                .filter(each -> !each.isEmpty() && !each.startsWith("From a checkout"))
                .forEach(this::line);
        section("FILES");
        for (String each : new String[] {
            "/etc/picket/picket.yml and /etc/picket/conf.d: configuration, explained in /usr/share/doc/picket/configuration.md.gz",
            "/etc/picket/trust/root.json: whose signatures count",
            "/var/lib/picket: journal, state and models",
            "/run/picket: address and token of the page, while the agent runs"
        }) {
            page.append(".TP\n.I ").append(escaped(each.substring(0, each.indexOf(':')))).append('\n');
            line(each.substring(each.indexOf(':') + 2));
        }
        section("SEE ALSO");
        line("systemctl(1), journalctl(1); the page of the running agent, whose address 'picket status' says.");
    }

    private void section(String name) {
        page.append(".SH ").append(quoted(name)).append('\n');
    }

    private void line(String text) {
        page.append(escaped(text)).append('\n');
    }

    private static String quoted(String text) {
        return '"' + escaped(text).replace("\"", "\\(dq") + '"';
    }

    private static String escaped(String text) {
        String plain = text.replace("\\", "\\e").replace("-", "\\-");
        return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
    }
}
