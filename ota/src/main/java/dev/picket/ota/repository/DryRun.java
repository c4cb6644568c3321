package dev.picket.ota.repository;

import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Notes what would be written and removed, in order, and touches nothing. */
public final class DryRun implements Disk {
    private final List<String> lines = new ArrayList<>();
    private final Set<Path> written = new TreeSet<>();

    @Override
    public void write(Path file, AtomicFiles.Access access, AtomicFiles.Content content) {
        if (written.add(file)) {
            lines.add("would write " + file);
        }
    }

    @Override
    public void remove(Path file) {
        if (Files.exists(file)) {
            lines.add("would remove " + file);
        }
    }

    @Override
    public boolean isNoted(Path file) {
        return written.contains(file);
    }

    @Override
    public List<Path> files(Path folder) throws IOException {
        return Stream.concat(
                        Disk.super.files(folder).stream(), written.stream().filter(each -> each.startsWith(folder)))
                .distinct()
                .sorted()
                .toList();
    }

    /** One line a file. */
    public List<String> lines() {
        return List.copyOf(lines);
    }
}
