package dev.picket.agent.config;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where a secret lies: an absolute path, or {@code credential:NAME}, which systemd's {@code LoadCredential=} puts into
 * {@code $CREDENTIALS_DIRECTORY}. It knows the place and never the secret, so it may be printed.
 */
public final class SecretFile {
    private static final String CREDENTIAL = "credential:";
    private static final String DIRECTORY = "CREDENTIALS_DIRECTORY";

    private final String where;

    private SecretFile(String where) {
        this.where = where;
    }

    /**
     * @throws IllegalArgumentException with a sentence when it is neither form
     */
    public static SecretFile of(String text) {
        if (text.startsWith(CREDENTIAL)) {
            String name = text.substring(CREDENTIAL.length());
            if (name.isEmpty() || name.contains("/") || name.startsWith(".")) {
                throw new IllegalArgumentException(
                        "'" + text + "' names no credential; write credential:NAME as in the unit's LoadCredential=");
            }
        } else if (!Path.of(text).isAbsolute()) {
            throw new IllegalArgumentException("'" + text + "' is neither an absolute path nor credential:NAME");
        }
        return new SecretFile(text);
    }

    /**
     * The file.
     *
     * @param environment the process's environment
     * @throws IllegalArgumentException with a sentence when it is a credential and the process was given none
     */
    public Path locate(Map<String, String> environment) {
        if (!where.startsWith(CREDENTIAL)) {
            return Path.of(where);
        }
        String directory = environment.get(DIRECTORY);
        if (directory == null) {
            throw new IllegalArgumentException("'" + where + "' needs $" + DIRECTORY
                    + ", which systemd sets for a unit with LoadCredential=; add it there (before version 252 with a path), or"
                    + " name a file");
        }
        return Path.of(directory, where.substring(CREDENTIAL.length()));
    }

    /**
     * The file of a key that takes a path of any kind, or a credential.
     *
     * @throws IllegalArgumentException as {@link #of} and {@link #locate(Map)} do
     */
    public static Path locate(Path path, Map<String, String> environment) {
        return path.toString().startsWith(CREDENTIAL) ? of(path.toString()).locate(environment) : path;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SecretFile that && where.equals(that.where);
    }

    @Override
    public int hashCode() {
        return where.hashCode();
    }

    /** As it was written. */
    @Override
    public String toString() {
        return where;
    }
}
