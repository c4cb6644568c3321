package dev.picket.ota.repository;

import dev.picket.ota.RejectedException;
import java.io.IOException;

/** A passphrase or a PIN, asked for only when a key that it opens is needed. */
@FunctionalInterface
public interface Secret {
    char[] read() throws RejectedException, IOException;
}
