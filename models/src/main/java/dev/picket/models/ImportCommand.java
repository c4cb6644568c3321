package dev.picket.models;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.Sha256;
import dev.picket.models.llama.LlamaBase;
import dev.picket.models.llama.Precision;
import dev.picket.models.llama.Quantiser;
import dev.picket.models.llama.Storing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "import", description = "Makes a base out of a Hugging Face folder: Llama, Mistral, Qwen2 or Qwen3.")
final class ImportCommand implements Callable<Integer> {
    private static final long MEGABYTE = 1_000_000;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "HF_DIR", description = "Folder with config.json, tokenizer.json and *.safetensors.")
    private @Nullable Path source;

    @Option(names = "--out", required = true, paramLabel = "BASE_DIR", description = "Folder to write.")
    private @Nullable Path out;

    @Option(names = "--name", defaultValue = "picket-small", description = "Name of the base (${DEFAULT-VALUE}).")
    private String name = "";

    @Option(names = "--base-version", defaultValue = "0.1.0", description = "Its version (${DEFAULT-VALUE}).")
    private String version = "";

    @Option(names = "--licence", defaultValue = "Apache-2.0", description = "Its licence (${DEFAULT-VALUE}).")
    private String licence = "";

    @Option(
            names = "--precision",
            defaultValue = "INT4",
            paramLabel = "TYPE",
            description = "What matrices become: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private Precision precision = Precision.INT4;

    @Option(
            names = "--quantiser",
            defaultValue = "SEARCH",
            paramLabel = "HOW",
            description = {
                "How a block's scale is chosen: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).",
                "SEARCH tries scales for the smallest squared error; NEAREST is what recipes/ train on."
            })
    private Quantiser quantiser = Quantiser.SEARCH;

    @Option(
            names = "--max-context",
            defaultValue = "4096",
            paramLabel = "TOKENS",
            description = "Positions at most, which bounds the rotary tables (${DEFAULT-VALUE}).")
    private int maxContext = 4096;

    @Option(
            names = "--self-test-up-to",
            defaultValue = "400",
            paramLabel = "MB",
            description = {
                "Weights up to which the new base is loaded and asked for golden answers (${DEFAULT-VALUE}).",
                "It takes about twice as much memory; nothing else of an import grows with the checkpoint."
            })
    private int selfTestMegabytes = 400;

    @Override
    public Integer call() throws IOException, BadArtefactException {
        CommandSpec command = Objects.requireNonNull(spec);
        if (maxContext < 1 || maxContext > Storing.MOST_CONTEXT) {
            throw new ParameterException(
                    command.commandLine(), "--max-context must lie between 1 and " + Storing.MOST_CONTEXT + ".");
        }
        Path folder = Objects.requireNonNull(out);
        Storing storing = new Storing(precision, quantiser, maxContext, selfTestMegabytes * MEGABYTE);
        LlamaBase base = LlamaBase.of(Objects.requireNonNull(source), storing);
        boolean asked;
        try (ProgressStages stages = new ProgressStages()) {
            asked = base.write(
                    folder,
                    new LlamaBase.Naming(name, version, licence),
                    stages.of("hashing", "bytes", base.hashedBytes()),
                    stages.of("quantising", "rows", base.rows()));
        }
        if (!asked) {
            command.commandLine()
                    .getErr()
                    .println("base.json has no golden answers, since the weights take more than " + selfTestMegabytes
                            + " MB; --self-test-up-to says how many may be loaded to get some.");
        }
        command.commandLine()
                .getOut()
                .println(folder.resolve("base.json") + " " + Sha256.of(folder.resolve("base.json")));
        return 0;
    }
}
