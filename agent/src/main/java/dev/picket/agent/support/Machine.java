package dev.picket.agent.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** Facts of the process, its threads, its disk and its files: names and sizes, never what is in them. */
final class Machine {
    private static final int MAX_FILES = 1_000;
    private static final int MAX_DEPTH = 6;
    private static final int MAX_THREADS = 500;
    private static final int MAX_FRAMES = 30;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private Machine() {}

    static ObjectNode process() {
        Runtime vm = Runtime.getRuntime();
        ObjectNode facts = JSON.objectNode()
                .put("uptimeMillis", ManagementFactory.getRuntimeMXBean().getUptime())
                .put("processors", vm.availableProcessors())
                .put("heapBytes", vm.totalMemory() - vm.freeMemory())
                .put("heapMaxBytes", vm.maxMemory())
                .put("threads", Thread.activeCount());
        // Linux alone has these; elsewhere they are left out.
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"));
                Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
            facts.put("openFiles", open.count());
            status.filter(line -> line.startsWith("VmRSS") || line.startsWith("VmHWM"))
                    .map(line -> line.split(":\\s*", 2))
                    .forEach(pair -> facts.put(pair[0], pair[1]));
        } catch (IOException | UncheckedIOException e) {
            facts.put("proc", e.toString());
        }
        return facts;
    }

    static JsonNode disk(Path directory) {
        try {
            FileStore store = Files.getFileStore(directory);
            return JSON.objectNode()
                    .put("directory", directory.toString())
                    .put("type", store.type())
                    .put("totalBytes", store.getTotalSpace())
                    .put("usableBytes", store.getUsableSpace())
                    .put("readOnly", store.isReadOnly());
        } catch (IOException e) {
            return JSON.objectNode().put("error", e.toString());
        }
    }

    static JsonNode files(Path directory) {
        ArrayNode list = JSON.arrayNode();
        try (Stream<Path> all = Files.walk(directory, MAX_DEPTH)) {
            all.filter(Files::isRegularFile)
                    .limit(MAX_FILES)
                    .forEach(file -> list.addObject()
                            .put("name", directory.relativize(file).toString())
                            .put("bytes", size(file)));
        } catch (IOException | UncheckedIOException e) {
            list.addObject().put("error", e.toString());
        }
        return list;
    }

    static ArrayNode threads() {
        ArrayNode list = JSON.arrayNode();
        Thread.getAllStackTraces().entrySet().stream().limit(MAX_THREADS).forEach(each -> list.add(thread(each)));
        return list;
    }

    private static ObjectNode thread(Map.Entry<Thread, StackTraceElement[]> each) {
        Thread thread = each.getKey();
        ObjectNode json = JSON.objectNode()
                .put("name", thread.getName())
                .put("state", thread.getState().toString());
        ArrayNode frames = json.putArray("frames");
        Stream.of(each.getValue()).limit(MAX_FRAMES).forEach(frame -> frames.add(frame.toString()));
        return json;
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            // Gone between the listing and now, as a journal's -wal may be.
            return -1;
        }
    }
}
