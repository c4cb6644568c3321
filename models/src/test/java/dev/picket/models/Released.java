package dev.picket.models;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the released folders and, beside the checkout, the labelled texts lie. */
public final class Released {
    public static final Path ROOT = Path.of(System.getProperty("picket.root", ".."));
    public static final Path BASE = ROOT.resolve("models/released/base");
    public static final Path FRAUD = task("fraud");

    private Released() {}

    /** The folder of a released task. */
    public static Path task(String name) {
        return ROOT.resolve("models/released/tasks").resolve(name);
    }

    /** The folder that the property picket.data or the variable PICKET_DATA names, else ../shared/data. */
    public static Optional<Path> data() {
        return Stream.of(
                        Optional.ofNullable(System.getProperty("picket.data")),
                        Optional.ofNullable(System.getenv("PICKET_DATA")),
                        Optional.of(ROOT.resolve("../shared/data").toString()))
                .flatMap(Optional::stream)
                .map(Path::of)
                .filter(Files::isDirectory)
                .findFirst();
    }
}
