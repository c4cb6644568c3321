package dev.picket.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a recipe and tells what it said, on both channels. */
final class Python {
    static final Path RECIPES = Released.ROOT.resolve("models/recipes").toAbsolutePath();
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    private Python() {}

    static void assumeThere() {
        assumeTrue(Files.isExecutable(PYTHON), "python3 is not installed");
    }

    /** @param path folders of modules, the first first */
    static String run(String path, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(PYTHON.toString(), "-B"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PYTHONPATH", path);
        Process process = builder.start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return said.strip();
        } finally {
            process.destroyForcibly();
        }
    }
}
