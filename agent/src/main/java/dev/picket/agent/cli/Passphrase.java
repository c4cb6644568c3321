package dev.picket.agent.cli;

import dev.picket.agent.DiskFault;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What opens keys on a person's disk: from a file, the environment, or the terminal.
 *
 * @param variable the environment's
 * @param prompt said on the terminal
 */
record Passphrase(String variable, String prompt) {
    static final Passphrase RELEASE = new Passphrase("PICKET_RELEASE_PASSPHRASE", "Passphrase of the signing keys: ");
    static final Passphrase OFFLINE = new Passphrase("PICKET_OFFLINE_PASSPHRASE", "Passphrase of the offline keys: ");
    static final Passphrase PIN = new Passphrase("PICKET_TOKEN_PIN", "PIN of the token: ");
    static final Passphrase COMMAND = new Passphrase("PICKET_COMMAND_PASSPHRASE", "Passphrase of the command key: ");

    /**
     * @param file its first line is the passphrase
     * @param confirm whether a person has to type it twice
     */
    char[] read(@Nullable Path file, boolean confirm) throws CommandFailure {
        if (file != null) {
            return fromFile(file);
        }
        String fromEnvironment = System.getenv(variable);
        if (fromEnvironment != null && !fromEnvironment.isEmpty()) {
            return fromEnvironment.toCharArray();
        }
        Console console = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE,
                        prompt.replace(": ", "") + " is needed: give a file with it, or set " + variable + "."));
        char[] typed = console.readPassword(prompt);
        if (typed == null || typed.length == 0) {
            throw new CommandFailure(ExitCode.USAGE, "The passphrase must not be empty.");
        }
        if (confirm && !Arrays.equals(typed, console.readPassword("The same again: "))) {
            throw new CommandFailure(ExitCode.USAGE, "The two passphrases differ.");
        }
        return typed;
    }

    private char[] fromFile(Path file) throws CommandFailure {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE, prompt.replace(": ", "") + " cannot be read: " + DiskFault.reason(e) + ".");
        }
        if (lines.isEmpty() || lines.getFirst().isEmpty()) {
            throw new CommandFailure(ExitCode.DATA, "The first line of " + file + " must be the passphrase.");
        }
        return lines.getFirst().toCharArray();
    }
}
