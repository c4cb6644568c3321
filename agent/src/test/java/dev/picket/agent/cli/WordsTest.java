package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The words of the command line, for every command that there is. */
class WordsTest {
    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHelps(List<String> command) {
        Shell.Ended ended = Shell.run(with(command, "--help"));
        assertThat(ended.code()).isZero();
        assertThat(ended.out()).contains("Usage: " + String.join(" ", with(List.of("picket"), command)));
        assertThat(ended.err()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandTellsItsVersion(List<String> command) {
        Shell.Ended ended = Shell.run(with(command, "--version"));
        assertThat(ended.code()).isZero();
        assertThat(ended.out()).matches("picket \\d+\\.\\d+\\.\\d+\\S*\\R");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aWordThatNoCommandKnowsIsToldWithTheWayToHelp(List<String> command) {
        Shell.Ended ended = Shell.run(with(command, "--nonsense"));
        assertThat(ended.code()).isEqualTo(64);
        assertThat(ended.err()).startsWith("picket: ").contains("--help").doesNotContain("\tat ");
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void noCommandAndAMisspeltOneAreWrongWords() {
        assertThat(Shell.run().code()).isEqualTo(64);
        assertThat(Shell.run("statsu").code()).isEqualTo(64);
        assertThat(Shell.run("statsu").err()).contains("Did you mean", "status");
    }

    /** Each command with those below it; {@code help} is picocli's own. */
    static Stream<List<String>> commands() {
        List<List<String>> all = new ArrayList<>(List.of(List.of()));
        collect(Cli.commandLine(new Main()), List.of(), all);
        assertThat(all).hasSizeGreaterThan(10);
        return all.stream();
    }

    private static void collect(CommandLine at, List<String> path, List<List<String>> all) {
        at.getSubcommands().forEach((name, below) -> {
            if (!name.equals("help")) {
                List<String> longer = List.of(with(path, List.of(name)));
                all.add(longer);
                collect(below, longer, all);
            }
        });
    }

    private static String[] with(List<String> words, String more) {
        return with(words, List.of(more));
    }

    private static String[] with(List<String> words, List<String> more) {
        return Stream.concat(words.stream(), more.stream()).toArray(String[]::new);
    }
}
