package dev.picket.agent.sqlite;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The migrations of one file, oldest first. Schema n is what the first n of them make; {@code user_version} holds n.
 *
 * @param name the folder of the migrations under {@code db/} on the class path
 * @param scripts their names, {@code 001-….sql} first; a script that was once released is never changed
 */
public record Schema(String name, List<String> scripts) {
    public Schema {
        scripts = List.copyOf(scripts);
        for (int i = 0; i < scripts.size(); i++) {
            if (!scripts.get(i).startsWith("%03d-".formatted(i + 1))) {
                throw new IllegalArgumentException("Migration " + (i + 1) + " of " + name + " is named "
                        + scripts.get(i) + ": its name must start with its number.");
            }
        }
    }

    /** As it was at an earlier version. */
    Schema through(int version) {
        return new Schema(name, scripts.subList(0, version));
    }

    int version() {
        return scripts.size();
    }

    String script(int version) {
        String path = "/db/" + name + "/" + scripts.get(version - 1);
        try (InputStream in = Schema.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("The migration " + path + " is not on the class path.");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
