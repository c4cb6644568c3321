package dev.picket.agent.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The entries of one folder: what was synced, and what was done to them since. */
final class TracedFolder implements TracedNode {
    private record Change(
            @Nullable String gone,
            @Nullable String made,
            @Nullable TracedNode node) {
        void apply(Map<String, TracedNode> names) {
            if (gone != null) {
                names.remove(gone);
            }
            if (made != null && node != null) {
                names.put(made, node);
            }
        }
    }

    private final Map<String, TracedNode> names = new HashMap<>();
    private final Map<String, TracedNode> synced = new HashMap<>();
    private final List<Change> pending = new ArrayList<>();

    void make(String path, TracedNode node) {
        change(path, new Change(null, last(path), node));
    }

    void remove(String path) {
        change(path, new Change(last(path), null, null));
    }

    /** In one folder the old name goes with the new one's coming; between two folders each may survive alone. */
    void rename(String from, String to) {
        TracedNode node = node(from);
        if (folderOf(from) == folderOf(to)) {
            change(to, new Change(last(from), last(to), node));
        } else {
            make(to, node);
            remove(from);
        }
    }

    void sync() {
        pending.forEach(each -> each.apply(synced));
        pending.clear();
    }

    /** What lies there now; the folder itself for the empty path. */
    TracedNode node(String path) {
        if (path.isEmpty()) {
            return this;
        }
        TracedNode found = folderOf(path).names.get(last(path));
        if (found == null) {
            throw new IllegalStateException("The trace names " + path + ", which it did not make.");
        }
        return found;
    }

    boolean has(String path) {
        return folderOf(path).names.containsKey(last(path));
    }

    /** Lays out what may survive of it; two names of one file stay two names of one file. */
    void restore(Path folder, Loss loss, String except, Map<TracedFile, Path> laid) throws IOException {
        for (Map.Entry<String, TracedNode> entry : surviving(loss).entrySet()) {
            Path at = folder.resolve(entry.getKey());
            if (entry.getKey().equals(except)) {
                continue;
            }
            switch (entry.getValue()) {
                case TracedFolder below -> below.restore(Files.createDirectory(at), loss, "", laid);
                case TracedFile file when laid.containsKey(file) -> Files.createLink(at, laid.get(file));
                case TracedFile file -> laid.put(file, Files.write(at, file.surviving(loss)));
            }
        }
    }

    private Map<String, TracedNode> surviving(Loss loss) {
        Map<String, TracedNode> found = new HashMap<>(synced);
        Loss.Part part = loss.of(pending.size());
        for (int i = 0; i < pending.size(); i++) {
            if (part.spares(i)) {
                pending.get(i).apply(found);
            }
        }
        return found;
    }

    private void change(String path, Change change) {
        TracedFolder folder = folderOf(path);
        change.apply(folder.names);
        folder.pending.add(change);
    }

    private TracedFolder folderOf(String path) {
        int slash = path.indexOf('/');
        if (slash < 0) {
            return this;
        }
        if (node(path.substring(0, slash)) instanceof TracedFolder below) {
            return below.folderOf(path.substring(slash + 1));
        }
        throw new IllegalStateException("The trace goes through " + path + ", which is no folder.");
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
