package dev.picket.inference.codec;

import dev.picket.inference.BadArtefactException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A base on disk whose manifest has been read; its files are hashed by {@link #verify()}, again at each load.
 *
 * @param folder where the files lie
 * @param manifest what base.json says
 * @param digest SHA-256 of base.json's bytes
 */
public record BaseFolder(Path folder, BaseManifest manifest, String digest) {
    /**
     * Reads and checks base.json.
     *
     * @throws BadArtefactException when it is missing or at fault
     * @throws IOException when the disk fails
     */
    public static BaseFolder read(Path folder) throws BadArtefactException, IOException {
        byte[] bytes = ManifestBytes.read(folder, BaseManifest.FILE);
        return new BaseFolder(folder, BaseManifest.parse(bytes), Sha256.of(bytes));
    }

    /**
     * Hashes every listed file.
     *
     * @throws BadArtefactException at the first that is missing or changed
     * @throws IOException when the disk fails
     */
    public void verify() throws BadArtefactException, IOException {
        for (ListedFile file : manifest.files()) {
            file.verify(folder);
        }
    }
}
