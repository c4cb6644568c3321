package dev.picket.models.llama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Where a checkpoint lies: in {@code model.safetensors}, or in the shards that {@code model.safetensors.index.json} names in its
 * {@code weight_map}. Of the index only the files' names count; which tensors a shard holds it says itself.
 */
final class CheckpointFolder {
    private static final String WHOLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final int MAX_INDEX_BYTES = 8 << 20;
    private static final int MAX_SHARDS = 512;

    /** No path, and no leading dot: a shard lies in the folder itself. */
    private static final Pattern SHARD = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\\.safetensors");

    private final List<Path> files;

    private CheckpointFolder(List<Path> files) {
        this.files = List.copyOf(files);
    }

    /** Looks which files there are and whether all are. */
    static CheckpointFolder of(Path folder) throws BadArtefactException, IOException {
        Path whole = folder.resolve(WHOLE);
        if (Files.isRegularFile(whole)) {
            return new CheckpointFolder(List.of(whole));
        }
        Path index = folder.resolve(INDEX);
        if (!Files.isRegularFile(index)) {
            throw new BadArtefactException(
                    folder + " has neither " + WHOLE + " nor " + INDEX + "; give a complete Hugging Face folder.");
        }
        List<Path> files = new ArrayList<>();
        for (String name : shards(index)) {
            Path file = folder.resolve(name);
            if (!Files.isRegularFile(file)) {
                throw new BadArtefactException(file + " is not there, but " + INDEX + " names it.");
            }
            files.add(file);
        }
        return new CheckpointFolder(files);
    }

    private static SortedSet<String> shards(Path index) throws BadArtefactException, IOException {
        SortedSet<String> names = new TreeSet<>();
        for (Map.Entry<String, JsonNode> each : weightMap(index).properties()) {
            String name = each.getValue().isTextual() ? each.getValue().textValue() : "";
            if (!SHARD.matcher(name).matches()) {
                throw new BadArtefactException(index + " says that " + shown(each.getKey()) + " lies in '" + shown(name)
                        + "'; a plain file name ending in .safetensors is needed.");
            }
            names.add(name);
        }
        if (names.isEmpty() || names.size() > MAX_SHARDS) {
            throw new BadArtefactException(
                    index + " names " + names.size() + " files in its weight_map; 1 to " + MAX_SHARDS + " are read.");
        }
        return names;
    }

    private static ObjectNode weightMap(Path index) throws BadArtefactException, IOException {
        if (JsonFile.read(index, MAX_INDEX_BYTES).path("weight_map") instanceof ObjectNode map) {
            return map;
        }
        throw new BadArtefactException(index + " has no weight_map, the object that names a file for each tensor.");
    }

    private static String shown(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }

    /** Bytes of all files. */
    long bytes() throws IOException {
        long bytes = 0;
        for (Path file : files) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    /**
     * SHA-256 of each file by its name.
     *
     * @param bytes told of those that were read
     */
    ObjectNode digests(Progress bytes) throws IOException {
        ObjectNode digests = JsonNodeFactory.instance.objectNode();
        for (Path file : files) {
            digests.put(String.valueOf(file.getFileName()), Sha256.of(file, bytes::more));
        }
        return digests;
    }

    Checkpoint open() throws BadArtefactException, IOException {
        return ShardedCheckpoint.open(files);
    }
}
