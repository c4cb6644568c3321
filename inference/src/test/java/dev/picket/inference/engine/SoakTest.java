package dev.picket.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Native memory does not grow with what was classified, failed, swapped or loaded. */
@EnabledOnOs(OS.LINUX)
class SoakTest {
    /** What is compared is 4,500 texts apart, so a kilobyte that each leaves behind is seen. */
    private static final double GROWTH = 1.02;

    @TempDir
    Path folder;

    @Test
    void aFewThousandTextsAndSomeSwapsLeaveNoMemoryBehind() throws Exception {
        List<Long> anonymous = anonymous(soak("160m", "6", "1500"));
        assertThat(anonymous).hasSize(6);
        assertThat((double) anonymous.getLast()).isLessThan(anonymous.get(2) * GROWTH);
    }

    @Test
    @Tag("long")
    void manyTextsLeaveNoMemoryBehindAndAGigabyteOfTextIsCut() throws Exception {
        List<String> printed = soak("3g", "20", "20000", Integer.toString(1 << 30));
        assertThat(printed).contains("huge text cut true");
        List<Long> anonymous = anonymous(printed);
        assertThat((double) anonymous.getLast()).isLessThan(anonymous.get(4) * GROWTH);
    }

    private static List<Long> anonymous(List<String> printed) {
        return printed.stream()
                .filter(line -> line.startsWith("anonymous "))
                .map(line -> Long.valueOf(line.substring("anonymous ".length())))
                .toList();
    }

    private List<String> soak(String heap, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xms" + heap,
                "-Xmx" + heap,
                "-XX:+AlwaysPreTouch",
                "-cp",
                System.getProperty("java.class.path"),
                Soak.class.getName(),
                folder.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        Process process = builder.start();
        try {
            List<String> printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertThat(process.waitFor()).as(String.join("\n", printed)).isZero();
            return printed;
        } finally {
            process.destroyForcibly();
        }
    }
}
