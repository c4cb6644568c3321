package dev.picket.models;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.ListedFile;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.models.task.TaskFiles;
import java.io.IOException;
import java.nio.file.Path;

/** A task that was just written, as one JSON object: folder, name, digests, labels, files with their lengths. */
final class DraftJson {
    private DraftJson() {}

    static ObjectNode of(Path folder) throws IOException, BadArtefactException {
        TaskFolder task = TaskFiles.read(folder);
        ObjectNode top = JsonMapper.builder().build().createObjectNode();
        top.put("folder", folder.toString()).put("task", task.manifest().name());
        top.put("taskDigest", task.digest()).put("base", task.manifest().base());
        task.manifest().labelNames().forEach(top.putArray("labels")::add);
        ObjectNode files = top.putObject("files");
        for (ListedFile each : task.manifest().files()) {
            files.put(each.name(), each.length());
        }
        return top;
    }
}
