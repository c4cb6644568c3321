package dev.picket.models;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.Sha256;
import dev.picket.models.llama.LlamaBase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "import", description = "Makes an INT4 base out of a Hugging Face folder of the Llama family.")
final class ImportCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "HF_DIR", description = "Folder with config.json, model.safetensors and tokenizer.json.")
    private @Nullable Path source;

    @Option(names = "--out", required = true, paramLabel = "BASE_DIR", description = "Folder to write.")
    private @Nullable Path out;

    @Option(names = "--name", defaultValue = "picket-small", description = "Name of the base (${DEFAULT-VALUE}).")
    private String name = "";

    @Option(names = "--base-version", defaultValue = "0.1.0", description = "Its version (${DEFAULT-VALUE}).")
    private String version = "";

    @Option(names = "--licence", defaultValue = "Apache-2.0", description = "Its licence (${DEFAULT-VALUE}).")
    private String licence = "";

    @Override
    public Integer call() throws IOException, BadArtefactException {
        Path folder = Objects.requireNonNull(out);
        LlamaBase base = LlamaBase.of(Objects.requireNonNull(source));
        try (ProgressBar progress = Progress.bar("quantising", "rows", base.rows())) {
            base.write(folder, new LlamaBase.Naming(name, version, licence), progress::stepBy);
        }
        Objects.requireNonNull(spec)
                .commandLine()
                .getOut()
                .println(folder.resolve("base.json") + " " + Sha256.of(folder.resolve("base.json")));
        return 0;
    }
}
