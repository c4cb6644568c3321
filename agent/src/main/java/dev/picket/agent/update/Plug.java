package dev.picket.agent.update;

import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** Takes everything from the configured repository, or while an order from a folder is carried out from there. */
final class Plug implements Fetcher {
    private final Fetcher usual;
    private volatile Fetcher now;

    Plug(Fetcher usual) {
        this.usual = usual;
        this.now = usual;
    }

    /** From the next file on; empty: from the configured repository again. */
    void into(Optional<Path> folder) {
        now = folder.map(Path::toUri).map(Plug::stick).orElse(usual);
    }

    private static Fetcher stick(URI folder) {
        return Fetcher.of(folder, FetchLimits.DEFAULT);
    }

    @Override
    public String place() {
        return now.place();
    }

    @Override
    public boolean isLocal() {
        return now.isLocal();
    }

    @Override
    public boolean elsewhere() {
        return now.elsewhere();
    }

    @Override
    public void fetch(String path, long from, long maxBytes, Body body)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        now.fetch(path, from, maxBytes, body);
    }
}
