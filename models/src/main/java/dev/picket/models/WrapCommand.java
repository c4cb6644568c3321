package dev.picket.models;

import dev.picket.inference.BadArtefactException;
import dev.picket.models.wrap.WrappedBase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "wrap",
        description =
                "Makes a base of a folder that ONNX Runtime GenAI's builder or HF Optimum wrote, by adding base.json.")
final class WrapCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "The folder; base.json is written into it.")
    private @Nullable Path folder;

    @Option(names = "--name", required = true, description = "Name of the base.")
    private String name = "";

    @Option(names = "--base-version", defaultValue = "0.1.0", description = "Its version (${DEFAULT-VALUE}).")
    private String version = "";

    @Option(
            names = "--licence",
            defaultValue = "NOASSERTION",
            description = "Its licence, an SPDX expression (${DEFAULT-VALUE}).")
    private String licence = "";

    @Option(names = "--model", paramLabel = "FILE", description = "The graph, where the folder holds several.")
    private Optional<String> model = Optional.empty();

    @Option(names = "--context", paramLabel = "TOKENS", description = "The context, where no configuration says it.")
    private Optional<Integer> context = Optional.empty();

    @Option(
            names = "--label",
            paramLabel = "NAME",
            description = "A label of a classification, in place of id2label's; once per label, in the output's order.")
    private List<String> labels = List.of();

    @Override
    public Integer call() throws IOException, BadArtefactException {
        Path base = Objects.requireNonNull(folder);
        String digest =
                new WrappedBase(base, new WrappedBase.Naming(name, version, licence, model, context, labels)).write();
        Objects.requireNonNull(spec).commandLine().getOut().println(base.resolve("base.json") + " " + digest);
        return 0;
    }
}
