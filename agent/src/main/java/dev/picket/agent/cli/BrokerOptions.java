package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.config.ConfigException;
import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.Fault;
import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.console.ConsoleSettings;
import dev.picket.agent.tls.BrokerCredentials;
import dev.picket.agent.uplink.PahoLink;
import dev.picket.ota.json.StrictJson;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the fleet's commands reach their broker: the words of an agent's {@code uplink} section, as options. */
final class BrokerOptions {
    private static final String CREDENTIAL = "credential:";

    @Option(
            names = "--broker",
            required = true,
            paramLabel = "URI",
            defaultValue = "${env:PICKET_BROKER}",
            description = "mqtt://host:port or mqtts://host:port. Default: $PICKET_BROKER.")
    private URI broker = URI.create("mqtt://localhost");

    @Option(names = "--username", paramLabel = "NAME", description = "For the broker's password check.")
    private @Nullable String username;

    @Option(names = "--password-file", paramLabel = "FILE", description = "Its first line is the password.")
    private @Nullable String passwordFile;

    @Option(
            names = "--tls",
            paramLabel = "KEY=VALUE",
            description = "As uplink.tls of an agent, such as ca=FILE, certificate=FILE, key=FILE; repeat for more.")
    private Map<String, String> tls = Map.of();

    /** @param present whether gateways that wait for a console are told that one is there */
    ConsoleSettings settings(boolean present) throws CommandFailure {
        UplinkConfig uplink = uplink();
        return ConsoleSettings.usual(
                uplink, new BrokerCredentials(uplink, System.getenv(), Clock.systemUTC()), present);
    }

    private UplinkConfig uplink() throws CommandFailure {
        try {
            PahoLink.serverUri(broker);
        } catch (IllegalArgumentException _) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--broker is '" + broker + "'; write mqtt://host:port or mqtts://host:port.");
        }
        ObjectNode keys = StrictJson.object().put("broker", broker.toString());
        if (username != null) {
            keys.put("username", username);
        }
        if (passwordFile != null) {
            keys.put("password-file", absolute(passwordFile));
        }
        ObjectNode tlsKeys = keys.putObject("tls");
        tls.forEach((key, value) -> tlsKeys.put(key, key.endsWith("-file") ? absolute(value) : value));
        try {
            return ConfigLoader.section(UplinkConfig.class, keys, "the command line");
        } catch (ConfigException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, e.faults().stream().map(Fault::toString).collect(Collectors.joining("; ")) + ".");
        }
    }

    private static String absolute(String file) {
        return file.startsWith(CREDENTIAL)
                ? file
                : Path.of(file).toAbsolutePath().toString();
    }
}
