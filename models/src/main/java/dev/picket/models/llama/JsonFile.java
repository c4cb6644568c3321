package dev.picket.models.llama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.inference.BadArtefactException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small JSON file from outside. */
final class JsonFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonFile() {}

    static JsonNode read(Path file, int maxBytes) throws BadArtefactException, IOException {
        byte[] bytes = bytes(file, maxBytes);
        try {
            return JSON.readTree(bytes);
        } catch (IOException e) {
            throw new BadArtefactException(
                    file + " is not JSON: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("no more is known") + ".",
                    e);
        }
    }

    /** All of a file that must be there. */
    static byte[] bytes(Path file, int maxBytes) throws BadArtefactException, IOException {
        if (!Files.isRegularFile(file)) {
            throw new BadArtefactException(file + " is not there; give a complete Hugging Face folder.");
        }
        if (Files.size(file) > maxBytes) {
            throw new BadArtefactException(file + " has more than " + maxBytes + " bytes.");
        }
        return Files.readAllBytes(file);
    }
}
