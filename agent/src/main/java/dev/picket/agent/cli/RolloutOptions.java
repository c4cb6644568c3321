package dev.picket.agent.cli;

import dev.picket.agent.console.RolloutLink;
import dev.picket.agent.console.RolloutTrust;
import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.ota.repository.KeyFile;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which rollout is meant, and where. */
final class RolloutOptions {
    /** Retained messages come at once; what has not come by then does not. */
    static final Duration QUIET = Duration.ofSeconds(1);

    @Mixin
    private RolloutSite site = new RolloutSite();

    @Option(names = "--id", required = true, paramLabel = "ID", description = "The rollout.")
    private String id = "";

    String id() {
        return id;
    }

    String site() {
        return site.name();
    }

    /** What is done on a connection. */
    interface Talk<T> {
        T with(RolloutLink rollout) throws BrokerUnavailableException, InterruptedException, CommandFailure;
    }

    /** @param own believed beside the keys of the repository */
    <T> T talk(@Nullable KeyFile own, Talk<T> talk) throws CommandFailure, InterruptedException {
        return talk(site, id, own, talk);
    }

    static <T> T talk(RolloutSite site, String id, @Nullable KeyFile own, Talk<T> talk)
            throws CommandFailure, InterruptedException {
        RolloutTrust trust = site.trust(own);
        return site.connected(link -> talk.with(new RolloutLink(link, site.name(), id, trust, Clock.systemUTC())));
    }
}
