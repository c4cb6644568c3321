package dev.picket.agent.bench;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.engine.EngineOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A process of its own that classifies and prints its anonymous memory in kB, a line after each count of texts that it was
 * given: {@code BASE TASK COUNT...}.
 */
public final class ResidentChild {
    private ResidentChild() {}

    public static void main(String[] arguments) throws BadArtefactException, ClassificationException, IOException {
        TaskFolder task = TaskFolder.read(Path.of(arguments[1]));
        String name = task.manifest().name();
        try (Classifier classifier =
                Classifier.open(BaseFolder.read(Path.of(arguments[0])), List.of(task), EngineOptions.forCores(1))) {
            int done = 0;
            for (String count : List.of(arguments).subList(2, arguments.length)) {
                for (int until = Integer.parseInt(count); done < until; done++) {
                    classifier.classify(name, Texts.at(done));
                }
                System.out.println(anonymousKilobytes());
            }
        }
    }

    private static long anonymousKilobytes() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("RssAnon:"))
                    .map(line -> line.replaceAll("\\D", ""))
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElseThrow(() -> new IOException("/proc/self/status has no RssAnon"));
        }
    }
}
