package dev.picket.agent.cli;

import dev.picket.agent.DiskFault;
import dev.picket.agent.console.ConsoleSettings;
import dev.picket.agent.uplink.NoDelaySockets;
import dev.picket.agent.uplink.NoDelayTlsSockets;
import dev.picket.agent.uplink.PahoLink;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the fleet's commands reach their broker. */
final class BrokerOptions {
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
    private @Nullable Path passwordFile;

    /** @param present whether gateways that wait for a console are told that one is there */
    ConsoleSettings settings(boolean present) throws CommandFailure {
        String server;
        try {
            server = PahoLink.serverUri(broker);
        } catch (IllegalArgumentException _) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--broker is '" + broker + "'; write mqtt://host:port or mqtts://host:port.");
        }
        return ConsoleSettings.usual(broker, username, password(), sockets(server), present);
    }

    private static SocketFactory sockets(String server) {
        return server.startsWith("ssl:")
                ? new NoDelayTlsSockets((SSLSocketFactory) SSLSocketFactory.getDefault())
                : new NoDelaySockets();
    }

    private @Nullable String password() throws CommandFailure {
        if (passwordFile == null) {
            return null;
        }
        try {
            return Files.readString(passwordFile).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE, "The broker's password cannot be read: " + DiskFault.reason(e) + ".");
        }
    }
}
