package dev.picket.agent.kill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.ReleaseShop;
import dev.picket.agent.RunningAgent;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.read.Until;
import dev.picket.agent.uplink.Configs;
import dev.picket.ota.Hashes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** One gateway over its lives: texts come all the time, it dies in the middle of updates, and each text has one verdict. */
public final class UpdateScene {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ALL = 100_000;
    private static final long BETWEEN_TEXTS_NANOS = TimeUnit.MILLISECONDS.toNanos(4);
    private static final long PATIENCE_SECONDS = 60;
    private static final Duration LONGEST_LIFE = Duration.ofMinutes(4);
    private static final String TRIAL = "shadow-readings: 10, too-few-for-base: go-on, probation: 300ms";

    private final Path folder;
    private final List<String> texts = new ArrayList<>();
    /** Of processes of its own, as they were when it died. */
    private final List<ProcessHandle> children = new ArrayList<>();

    private UpdateScene(Path folder) {
        this.folder = folder;
    }

    /** A gateway that serves the Set which the shop's channel names, and had no text yet. */
    public static UpdateScene installed(Path folder, ReleaseShop shop, String... sections) throws Exception {
        UpdateScene scene = new UpdateScene(Files.createDirectories(folder));
        scene.configure(shop, TRIAL, sections);
        try (Life life = Life.free(UpdatingAgent.class, folder, scene.arguments())) {
            assertThat(life.reads()).as("it starts; see %s", scene.errors()).isEqualTo("started");
            awaits(life, "the first Set is proved", now -> now.path("proved").asBoolean());
            life.ends();
            life.death();
        }
        return scene;
    }

    /** Another gateway that has come as far as this one. */
    UpdateScene copy(Path to, ReleaseShop shop) throws Exception {
        // With its hard links, which a Set's folder is made of.
        Process copying = new ProcessBuilder("cp", "-a", folder.toString(), to.toString()).start();
        assertThat(copying.waitFor()).isZero();
        UpdateScene copy = new UpdateScene(to);
        copy.configure(shop, TRIAL);
        return copy;
    }

    private void configure(ReleaseShop shop, String trial, String... sections) throws IOException {
        String updates = """
                updates:
                  repository: "%s"
                  root: "%s"
                  interval: 1h
                  spare-bytes: 0
                  trial: { %s }
                """.formatted(shop.served().toUri(), shop.root(), trial);
        Files.createDirectories(folder.resolve("data"));
        RunningAgent.configure(folder, updates, String.join("\n", sections));
    }

    /** Its probation lasts until somebody ends it. */
    void watchesLong(ReleaseShop shop) throws IOException {
        configure(shop, TRIAL.replace("300ms", "1h"));
    }

    /** Lives until it dies there; texts come all the while. */
    public void dies(Death death) throws Exception {
        dies(death, _ -> {});
    }

    /** The same, where something is asked of it while it lives. */
    void dies(Death death, Deed deed) throws Exception {
        assertThat(lives(death, deed, _ -> false))
                .as("the agent comes by where '%s' is; see %s", death, errors())
                .isTrue();
    }

    /** What is done to it while it lives. */
    interface Deed {
        void to(Life life) throws Exception;
    }

    /** Whether it died there; else it goes on until it stands so, and stops in good order. */
    boolean lives(Death death, Deed deed, Predicate<JsonNode> end) throws Exception {
        CompletableFuture<ProcessHandle> self = new CompletableFuture<>();
        int[] passes = new int[1];
        Life.Fate fate = _ -> {
            boolean dies = death.step().wireName().equals(step()) && ++passes[0] == death.pass();
            if (dies) {
                ProcessHandle agent = self.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                children.addAll(agent.descendants().toList());
            }
            return dies;
        };
        List<Trap> traps = Trap.each(Point.entry(death.name(), death.where()));
        try (Life life = Life.among(UpdatingAgent.class, traps, fate, folder, arguments())) {
            self.complete(ProcessHandle.of(life.pid()).orElseThrow());
            if (life.reads() != null) {
                deed.to(life);
                live(life, end);
            }
            boolean died = life.death().isPresent();
            assertWholeOnDisk();
            return died;
        }
    }

    /** The last life, which nothing cuts short: texts come until it stands so, and all are judged before it stops. */
    public void livesUntil(String what, Predicate<JsonNode> end) throws Exception {
        try (Life life = Life.free(UpdatingAgent.class, folder, arguments())) {
            assertThat(life.reads()).as("it starts; see %s", errors()).isEqualTo("started");
            live(life, end);
            life.death();
            assertThat(life.exitValue()).as("%s; see %s", what, errors()).isZero();
        }
        assertWholeOnDisk();
        assertEachTextHasOneVerdict();
    }

    /** Texts come until it stands so or is dead. */
    private void live(Life life, Predicate<JsonNode> end) throws Exception {
        textsUntil(life, end);
        awaits(life, "all texts are judged", now -> now.path("rows").asInt() >= texts.size());
        life.ends();
    }

    /** A life that neither dies nor stands so is at fault long before this. */
    void textsUntil(Life life, Predicate<JsonNode> wanted) throws IOException {
        long end = System.nanoTime() + LONGEST_LIFE.toNanos();
        while (life.isAlive() && !stands(life, wanted)) {
            assertThat(System.nanoTime() < end)
                    .as("it dies or stands as awaited within %s; see %s, state %s", LONGEST_LIFE, errors(), state())
                    .isTrue();
            text();
        }
    }

    /** Until it stands so, or is dead. */
    static void awaits(Life life, String what, Predicate<JsonNode> wanted) throws Exception {
        Until.holds(what, () -> !life.isAlive() || stands(life, wanted));
    }

    private static boolean stands(Life life, Predicate<JsonNode> wanted) throws IOException {
        String said = life.asks("");
        return said != null && wanted.test(JSON.readTree(said));
    }

    public static Predicate<JsonNode> serves(String set) {
        return now -> now.path("serves").asText().equals(set)
                && now.path("proved").asBoolean()
                && now.path("step").asText().equals("idle");
    }

    /** How the last update ended, as {@code SET STEP REASON}. */
    static Predicate<JsonNode> ended(String how) {
        return now -> now.path("last").asText().equals(how)
                && now.path("step").asText().equals("idle");
    }

    private void text() throws IOException {
        texts.add("work order %d is late, ask the mill".formatted(texts.size()));
        Files.writeString(
                folder.resolve("app.log"),
                texts.getLast() + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        LockSupport.parkNanos(BETWEEN_TEXTS_NANOS);
    }

    /** What the file of the update's state says now. */
    JsonNode state() throws IOException {
        Path file = updates().resolve("update-state.json");
        return Files.exists(file) ? JSON.readTree(Files.readAllBytes(file)) : JSON.missingNode();
    }

    private String step() throws IOException {
        return state().path("step").asText();
    }

    Path updates() {
        return folder.resolve("data/updates");
    }

    private void assertWholeOnDisk() throws Exception {
        for (ProcessHandle child : children) {
            child.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        try (Stream<Path> blobs = Files.list(updates().resolve("blobs"))) {
            for (Path blob :
                    blobs.filter(each -> !each.toString().endsWith(".part")).toList()) {
                assertThat(Hashes.sha256(blob)).isEqualTo(blob.getFileName().toString());
            }
        }
    }

    private void assertEachTextHasOneVerdict() throws Exception {
        try (Journal journal = Journal.open(folder.resolve("data/journal.db"), Configs.JOURNAL, Clock.systemUTC())) {
            assertThat(journal.latest(ALL))
                    .extracting(row -> row.verdict().text())
                    .containsExactlyInAnyOrderElementsOf(texts);
        }
        assertThat(updates().resolve("exam")).doesNotExist();
    }

    private List<String> arguments() {
        return List.of(folder.resolve("picket.yml").toString());
    }

    private String errors() throws IOException {
        Path file = folder.resolve("errors");
        return Files.exists(file) ? Files.readString(file) : "";
    }
}
