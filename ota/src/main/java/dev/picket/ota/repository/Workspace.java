package dev.picket.ota.repository;

import dev.picket.ota.RejectedException;
import java.io.IOException;
import java.nio.file.Path;

/** The parts of a repository's folder, and where what is written goes. */
record Workspace(Path folder, Disk disk, Contents contents) {
    static Workspace create(Path folder, Disk disk) {
        return new Workspace(folder, disk, Contents.create(folder.resolve("contents.json"), disk));
    }

    static Workspace open(Path folder, Disk disk) throws RejectedException, IOException {
        return new Workspace(folder, disk, Contents.read(folder.resolve("contents.json"), disk));
    }

    /** What is published. */
    Path tree() {
        return folder.resolve("tree");
    }

    MetadataTree metadata() {
        return new MetadataTree(tree().resolve("metadata"));
    }

    TargetFiles targets() {
        return new TargetFiles(tree(), contents, disk);
    }

    Drafts drafts() {
        return new Drafts(folder.resolve("pending"), metadata(), disk);
    }

    /** The root in force. */
    RootFile root() throws RejectedException, IOException {
        return new RootFile(metadata().root().signed());
    }
}
