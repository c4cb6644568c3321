package dev.picket.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the recipes cut a set: what tests thresholds has had no part in anything before, nor has its like. */
class CutScriptTest {
    private static final int KINDS = 300;
    private static final int OF_A_KIND = 3;

    @TempDir
    private Path folder;

    private static String row(String source, String text) {
        return "{\"text\": \"" + text + "\", \"label\": \"leak\", \"source\": \"" + source + "\"}";
    }

    private List<String> rows() {
        List<String> rows = new ArrayList<>();
        for (int kind = 0; kind < KINDS; kind++) {
            String letters = Integer.toString(kind, 26).replaceAll("[0-9]", "z") + "q" + (char) ('a' + kind % 26);
            for (String name : List.of("Ann", "Bob", "Eve")) {
                rows.add(row("code/a", "x%1$s y%1$s %2$s w%1$s u%1$s".formatted(letters, name)));
            }
        }
        return rows;
    }

    /** The kind is the first word. */
    private Set<String> kinds(String part) throws Exception {
        return Files.readAllLines(folder.resolve("leaks." + part + ".jsonl")).stream()
                .map(line -> line.substring(line.indexOf(": \"") + 3).replaceFirst(" .*", ""))
                .collect(Collectors.toSet());
    }

    @Test
    void aTenthCalibratesAndWhatIsAlikeFallsOnOneSide() throws Exception {
        Python.assumeThere();
        List<String> train = rows();
        train.add(row("elsewhere", "left out"));
        Files.write(folder.resolve("set.train.jsonl"), train);
        Files.write(folder.resolve("set.dev.jsonl"), List.of(row("code/b", "dev")));
        Files.write(folder.resolve("set.test.jsonl"), List.of(row("code/b", "test")));
        String cut = Python.RECIPES.resolve("cut.py").toString();
        List<String> arguments =
                List.of(cut, folder.toString(), "set", folder.resolve("leaks").toString(), "code/");
        assertThat(Python.run("", arguments)).isEmpty();

        Set<String> learnt = kinds("train");
        Set<String> calibrates = kinds("calibrate");
        Set<String> both = new HashSet<>(learnt);
        both.retainAll(calibrates);
        assertThat(both).isEmpty();
        assertThat(calibrates).hasSizeBetween(learnt.size() / 20, learnt.size() / 5);
        assertThat(Files.readAllLines(folder.resolve("leaks.train.jsonl")).size()
                        + Files.readAllLines(folder.resolve("leaks.calibrate.jsonl"))
                                .size())
                .isEqualTo(KINDS * OF_A_KIND);
        assertThat(kinds("choose")).containsExactly("dev\",");
        assertThat(kinds("test")).containsExactly("test\",");
    }
}
