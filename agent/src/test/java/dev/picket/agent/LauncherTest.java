package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the checkout's launcher builds again, with a Maven that only says that it was called and fails. */
class LauncherTest {
    private static final String BUILT = "calls";

    @TempDir
    Path scratch;

    private Path folder = Path.of("");

    @BeforeEach
    void aCheckoutThatIsBuilt() throws IOException {
        folder = Files.createDirectory(scratch.toRealPath().resolve("checkout"));
        Files.copy(Path.of(System.getProperty("picket.root")).resolve("picket"), folder.resolve("picket"));
        Path maven = Files.createDirectories(scratch.resolve("bin")).resolve("mvn");
        Files.writeString(maven, "#!/bin/sh\necho \"$*\" >>'%s'\nexit 1\n".formatted(scratch.resolve(BUILT)));
        assertThat(maven.toFile().setExecutable(true)).isTrue();
        Files.writeString(folder.resolve("pom.xml"), "");
        Path jar = Files.createDirectories(folder.resolve("ota/target")).resolve("picket-ota.jar");
        Files.writeString(jar, "");
        Files.writeString(folder.resolve("library.jar"), "");
        for (String module : new String[] {"agent", "agent/demo", "models"}) {
            Path target = Files.createDirectories(folder.resolve(module).resolve("target"));
            Files.writeString(target.resolve("class-path"), folder.resolve("library.jar") + ":" + jar);
        }
    }

    @Test
    void whatIsBuiltHereIsNotBuiltAgain() throws Exception {
        assertThat(run(folder)).doesNotContain("picket: building");
        assertThat(scratch.resolve(BUILT)).doesNotExist();
    }

    @Test
    void whatWasBuiltElsewhereIsBuiltHere() throws Exception {
        Path moved = Files.move(folder, scratch.resolve("moved"));
        assertThat(run(moved)).contains("picket: building", "the build failed");
        assertThat(scratch.resolve(BUILT)).exists();
    }

    @Test
    void whereALibraryIsGoneItIsBuiltAgain() throws Exception {
        Files.delete(folder.resolve("library.jar"));
        assertThat(run(folder)).contains("picket: building");
        assertThat(scratch.resolve(BUILT)).exists();
    }

    private String run(Path checkout) throws Exception {
        Path said = scratch.resolve("said");
        ProcessBuilder builder = new ProcessBuilder(checkout.resolve("picket").toString(), "--version")
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment().put("PICKET_JAVA_HOME", System.getProperty("java.home"));
        builder.environment().merge("PATH", "", (path, none) -> scratch.resolve("bin") + ":" + path);
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return Files.readString(said);
    }
}
