package dev.picket.ota.conformance;

import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.Fetcher;
import java.io.IOException;

/** A repository whose metadata and targets lie at two addresses, as one. */
record SplitFetcher(Fetcher metadata, Fetcher targets) implements Fetcher {
    @Override
    public void fetch(String path, long from, long maxBytes, Body body)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        Fetcher place = path.startsWith("metadata/") ? metadata : targets;
        // A colon in the first segment would make it an address of its own.
        place.fetch("./" + path.substring(path.indexOf('/') + 1), from, maxBytes, body);
    }
}
