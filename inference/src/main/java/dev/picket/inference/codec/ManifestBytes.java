package dev.picket.inference.codec;

import dev.picket.inference.BadArtefactException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a manifest's bytes, never more than its limit and one. */
final class ManifestBytes {
    private static final int MAX_BYTES = 1 << 20;

    private ManifestBytes() {}

    static byte[] read(Path folder, String name) throws BadArtefactException, IOException {
        Path file = folder.resolve(name);
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(MAX_BYTES + 1);
        } catch (NoSuchFileException e) {
            throw new BadArtefactException(file + " does not exist; give the folder that holds " + name + ".", e);
        }
    }
}
