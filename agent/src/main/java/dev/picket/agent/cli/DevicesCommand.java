package dev.picket.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.DiskFault;
import dev.picket.agent.config.ConfigException;
import dev.picket.agent.config.InferenceConfig;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.engine.Base;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.NativeLibrary;
import dev.picket.inference.engine.ProviderChoice;
import dev.picket.inference.engine.ProviderSettings;
import dev.picket.inference.engine.Providers;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what this machine can classify on; without an agent, and beside one. */
@Command(
        name = "devices",
        description = "Lists execution providers and devices, and says which the configuration chooses.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = "Exit codes: 0 done, 1 what the configuration asks for cannot be had, 65 the base cannot be used,"
                + " 78 the configuration cannot be used.")
public final class DevicesCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PREFIX_BYTES = 1 << 20;
    private static final int RANK = 256;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(names = "--json", description = "One JSON object instead of text.")
    private boolean json;

    @Option(names = "--base", paramLabel = "DIR", description = "Load this base and say who answers for it.")
    private @Nullable Path base;

    @Spec
    private CommandSpec spec;

    /**
     * What was found.
     *
     * @param order in which providers are asked when a base is loaded
     * @param chosen null where no base was named
     */
    record Found(
            String version,
            String library,
            List<String> builtIn,
            List<Providers.Device> devices,
            String asked,
            List<String> order,
            List<ProviderChoice.Refusal> refused,
            @Nullable String chosen) {}

    @Override
    public Integer call() throws ConfigException, CommandFailure, JsonProcessingException {
        ModelOptions.requireNoTelemetry();
        ProviderSettings settings = settings();
        Providers providers = new Providers(settings);
        Providers.Plan plan = providers.plan();
        @Nullable ProviderChoice choice = base == null ? null : choose(base, providers);
        Found found = new Found(
                Providers.version(),
                System.getProperty(NativeLibrary.PROPERTY, "the stock library"),
                Providers.builtIn(),
                Providers.devices(),
                settings.wanted(),
                plan.order(),
                choice == null ? plan.refused() : choice.refused(),
                choice == null ? null : choice.provider());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JSON.writeValueAsString(tree(found)));
        } else {
            print(found, out);
        }
        return found.refused().isEmpty() ? ExitCode.OK : ExitCode.FINDINGS;
    }

    /** Of the configuration; of an agent without one where there is none. */
    private ProviderSettings settings() throws ConfigException, CommandFailure {
        if (!config.isThere()) {
            return ProviderSettings.DEFAULT;
        }
        InferenceConfig inference = config.load().inference();
        try {
            if (inference.nativeLibrary() != null) {
                NativeLibrary.from(inference.nativeLibrary());
            }
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.CONFIG, String.valueOf(e.getMessage()));
        }
        return inference.providers();
    }

    private static ProviderChoice choose(Path folder, Providers providers) throws CommandFailure {
        EngineOptions engine = new EngineOptions(1, 1, PREFIX_BYTES, RANK, providers);
        try (Base loaded = Base.open(BaseFolder.read(folder), engine)) {
            return loaded.provider();
        } catch (BadArtefactException e) {
            throw new CommandFailure(ExitCode.DATA, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, "the base cannot be read: " + DiskFault.reason(e));
        }
    }

    private static Map<String, Object> tree(Found found) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("onnxruntime", found.version());
        tree.put("library", found.library());
        tree.put("builtIn", found.builtIn());
        tree.put("devices", found.devices());
        tree.put("asked", found.asked());
        tree.put("order", found.order());
        tree.put(
                "refused",
                found.refused().stream()
                        .map(each -> Map.of(
                                "provider", each.provider(),
                                "reason", each.reason().wireName(),
                                "sentence", each.sentence()))
                        .toList());
        tree.put("chosen", found.chosen());
        return tree;
    }

    private static void print(Found found, PrintWriter out) {
        out.printf("runtime    ONNX Runtime %s, %s%n", found.version(), found.library());
        out.printf("built in   %s%n", String.join(", ", found.builtIn()));
        for (Providers.Device each : found.devices()) {
            out.printf("device     %s: %s, %s %s%n", each.provider(), each.kind(), each.vendor(), each.details());
        }
        out.printf("asked      %s%n", found.asked());
        found.refused().forEach(each -> out.printf("refused    %s%n", each.told()));
        if (found.chosen() == null) {
            out.printf(
                    "order      %s; who answers is decided when a base is loaded, see 'picket status' or --base%n",
                    String.join(", ", found.order()));
        } else {
            out.printf("order      %s%n", String.join(", ", found.order()));
            out.printf("chosen     %s%n", found.chosen());
        }
    }
}
