package dev.picket.models;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The base that a task is for. */
final class BaseOption {
    @Option(names = "--base", required = true, paramLabel = "BASE_DIR", description = "The base it is for.")
    private @Nullable Path base;

    Path base() {
        return Objects.requireNonNull(base);
    }
}
