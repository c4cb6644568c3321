package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.config.ConfigException;
import dev.picket.agent.config.PicketConfig;
import dev.picket.agent.overlay.ConfigSource;
import dev.picket.agent.overlay.Overlays;
import dev.picket.agent.support.Bundles;
import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes what a person who helps from afar needs to see. */
@Command(
        name = "support-bundle",
        description = {
            "Writes what a person who helps from afar needs to see into a zip file: versions, configuration, status,",
            "log, threads, sizes of files. Passwords and texts are not in it. Asks the agent, or where none runs, the disk."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = "Exit codes: 0 written, 69 the agent or the disk cannot be used.")
public final class SupportBundleCommand implements Callable<Integer> {
    private static final long MAX_BYTES = 16L << 20;
    /** What a bundle's parts are called; whoever unpacks one elsewhere is to get files beside each other. */
    private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9-]*");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectWriter PRETTY = JSON.writerWithDefaultPrettyPrinter();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to; default: ${DEFAULT-VALUE}.",
            defaultValue = "picket-support.zip")
    private Path output = Path.of("picket-support.zip");

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, CommandFailure {
        ConfigSource source = config.source();
        PicketConfig own = source.own();
        ObjectNode bundle;
        String note = ".";
        try {
            try {
                bundle = (ObjectNode) JSON.readTree(LocalAgent.of(own).post("/api/support-bundle"));
            } catch (CommandFailure e) {
                // What keeps an agent from answering is what such a bundle is for.
                Overlays sent = Overlays.look(source, own);
                bundle = Bundles.stopped(sent.config(), sent.stored()).collect(MAX_BYTES);
                note = ", of what lies on the disk alone: " + e.getMessage();
            }
            ObjectNode collected = bundle;
            AtomicFiles.write(output, AtomicFiles.Access.OWNER, out -> zip(collected, out));
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, output + " cannot be written: " + e.getMessage());
        }
        spec.commandLine().getOut().println(output + " is written" + note);
        return ExitCode.OK;
    }

    static void zip(ObjectNode bundle, OutputStream out) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(out);
        for (Map.Entry<String, JsonNode> section : bundle.properties()) {
            if (!NAME.matcher(section.getKey()).matches()) {
                continue;
            }
            zip.putNextEntry(new ZipEntry(section.getKey() + ".json"));
            zip.write(PRETTY.writeValueAsBytes(section.getValue()));
            zip.closeEntry();
        }
        zip.finish();
    }
}
