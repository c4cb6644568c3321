package dev.picket.agent.uplink;

import dev.picket.agent.config.ConfigException;
import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.GatewayConfig;
import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.config.MeterConfig;
import dev.picket.agent.config.TlsConfig;
import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.tls.BrokerCredentials;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/** Configurations for tests: the defaults, with shorter waits. */
public final class Configs {
    public static final GatewayConfig GATEWAY = new GatewayConfig("plant", "press-4");
    public static final JournalConfig JOURNAL =
            ConfigLoader.defaults(JournalConfig.class).withMaxBytes(64L << 20).withCommits(256, Duration.ofMillis(20));

    private Configs() {}

    public static UplinkConfig uplink(URI broker) {
        return uplink(broker, 100);
    }

    /** As a person writes it, with short waits and these keys besides. */
    static UplinkConfig uplink(Path folder, URI broker, String keys) throws IOException, ConfigException {
        Path file = Files.writeString(folder.resolve("uplink.yml"), """
                gateway: { site: plant, name: press-4 }
                uplink:
                  broker: "%s"
                  connect-timeout: 2s
                  ack-timeout: 2s
                  retry-first: 20ms
                  retry-most: 200ms
                  report-every: 100ms
                  mark-delay: 5ms
                  %s
                """.formatted(broker, keys));
        return ConfigLoader.load(file, Map.of()).uplink();
    }

    /** The link as the agent makes it. */
    public static PahoLink link(UplinkConfig config) {
        return new PahoLink(config, GATEWAY, new BrokerCredentials(config, Map.of(), Clock.systemUTC()));
    }

    public static UplinkConfig uplink(URI broker, int window) {
        return uplink(broker, window, UplinkConfig.Order.OLDEST_FIRST, false, new MeterConfig(0, 65_536, 0));
    }

    static UplinkConfig liveFirst(URI broker) {
        return uplink(broker, 100, UplinkConfig.Order.LIVE_FIRST, false, new MeterConfig(0, 65_536, 0));
    }

    static UplinkConfig waitingForConsole(URI broker) {
        return uplink(broker, 100, UplinkConfig.Order.OLDEST_FIRST, true, new MeterConfig(0, 65_536, 0));
    }

    static UplinkConfig metered(URI broker, MeterConfig meter) {
        return uplink(broker, 100, UplinkConfig.Order.OLDEST_FIRST, false, meter);
    }

    private static UplinkConfig uplink(
            URI broker, int window, UplinkConfig.Order order, boolean waitForConsole, MeterConfig meter) {
        return new UplinkConfig(
                broker,
                null,
                null,
                null,
                ConfigLoader.defaults(TlsConfig.class),
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                Duration.ofHours(1),
                Duration.ofSeconds(1),
                Duration.ofMillis(20),
                Duration.ofMillis(200),
                window,
                100,
                500,
                100,
                Duration.ofMillis(5),
                Duration.ofMillis(100),
                16,
                65_536,
                10_000,
                order,
                waitForConsole,
                meter);
    }
}
