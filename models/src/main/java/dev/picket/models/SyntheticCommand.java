package dev.picket.models;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.Sha256;
import dev.picket.models.llama.LlamaBase;
import dev.picket.models.llama.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "synthetic",
        description =
                "Makes an INT4 base of a known shape with random weights, to measure what that shape costs to run.")
final class SyntheticCommand implements Callable<Integer> {
    private static final long SEED = 20;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--out", required = true, paramLabel = "BASE_DIR", description = "Folder to write.")
    private @Nullable Path out;

    @Option(
            names = "--shape",
            defaultValue = "0.5b",
            converter = ShapeName.class,
            paramLabel = "SHAPE",
            description = "0.5b (280 MB on disk) or tiny (${DEFAULT-VALUE}).")
    private Shape shape = Shape.HALF_BILLION;

    @Option(
            names = "--tokenizer",
            required = true,
            paramLabel = "FILE",
            description = "A tokenizer.json, such as that of models/released/base.")
    private @Nullable Path tokenizer;

    @Override
    public Integer call() throws IOException, BadArtefactException {
        Path folder = Objects.requireNonNull(out);
        LlamaBase base = LlamaBase.random(shape, Objects.requireNonNull(tokenizer), SEED);
        try (ProgressBar progress = Progress.bar("quantising", "rows", base.rows())) {
            base.write(folder, new LlamaBase.Naming("synthetic-" + shape, "0.1.0", "CC0-1.0"), progress::stepBy);
        }
        Objects.requireNonNull(spec)
                .commandLine()
                .getOut()
                .println(folder.resolve("base.json") + " " + Sha256.of(folder.resolve("base.json")));
        return 0;
    }
}
