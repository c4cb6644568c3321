package dev.picket.agent.update;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.Stage;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.NativeLibrary;
import dev.picket.inference.engine.ProviderSettings;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.release.FirstStage;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.release.Kind;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.ReleaseFile;
import dev.picket.ota.store.SetFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Set that is examined in a process of its own, because its base has never run here: one that hangs, allocates without
 * end or crashes takes that process with it, and the agent goes on. The kernel bounds its memory (RLIMIT_DATA) and kills
 * it before anything else where memory runs out (oom_score_adj 1000); a deadline bounds its time.
 */
final class ExamProcess implements Examinee, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ExamProcess.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int MAX_LINE_BYTES = 1 << 16;
    private static final long HEAP_BYTES = 160L << 20;
    private static final int KIBI = 1024;
    private static final String NATIVE = "--enable-native-access=";
    private static final int SIGNALLED = 128;
    private static final Duration DIES_WITHIN = Duration.ofSeconds(5);

    private final Process process;
    private final Path scratch;
    private final Pace pace;
    private long end;
    private final Duration within;
    /** What the process said, line by line; an empty one once it has ended. */
    private final BlockingQueue<String> said = new ArrayBlockingQueue<>(2);

    private ExamProcess(Process process, Path scratch, Pace pace, Duration within) {
        this.process = process;
        this.scratch = scratch;
        this.pace = pace;
        this.within = within;
        this.end = pace.nanos() + within.toNanos();
    }

    /**
     * Starts the process and waits until the Set is loaded in it.
     *
     * @param memoryBytes that it may take beside twice the base's own bytes
     * @param scratch a folder for what its libraries unpack; removed afterwards
     * @param within how long all of the exam may take
     * @throws RejectedException EXAM_FAILED when the Set cannot be loaded, or the process died over it
     * @throws UnavailableException when no such process can be had here
     */
    static ExamProcess start(
            SetFolder set, EngineOptions engine, long memoryBytes, Path scratch, Pace pace, Duration within)
            throws RejectedException, UnavailableException, InterruptedException {
        ExamProcess exam;
        try {
            AtomicFiles.removeTree(scratch);
            AtomicFiles.createFolders(scratch);
            Process process = new ProcessBuilder(command(set, engine, memoryBytes, scratch))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            exam = new ExamProcess(process, scratch, pace, within);
        } catch (IOException e) {
            throw new UnavailableException("No process for an exam can be started: " + e.getMessage() + ".", e);
        }
        Thread.ofVirtual().name("picket-exam-answers").start(exam::read);
        boolean loaded = false;
        try {
            exam.check(exam.next("loading the base"), "refused");
            loaded = true;
            return exam;
        } finally {
            if (!loaded) {
                exam.close();
            }
        }
    }

    /**
     * As much as what the Set brings passes through, for half of it must hold that, and no more than the agent has, which is to load it
     * afterwards.
     *
     * @param agents bytes of the agent's own heap
     */
    static long heap(InstalledSet set, long agents) {
        long needed = HEAP_BYTES;
        for (Release release : set.releases().toList()) {
            for (ReleaseFile file : release.files()) {
                boolean task = release.kind() == Kind.TASK;
                needed += task ? 4 * file.length() : file.name().equals("tokenizer.json") ? 12 * file.length() : 0;
            }
        }
        return Math.min(needed, Math.max(HEAP_BYTES, agents));
    }

    private static List<String> command(SetFolder set, EngineOptions engine, long memoryBytes, Path scratch) {
        long heap = heap(set.set(), Runtime.getRuntime().maxMemory());
        long bound = memoryBytes + heap + 2 * set.set().baseBytes();
        List<String> command = new ArrayList<>(List.of(java()));
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith("-D") || flag.startsWith("--")) {
                command.add(flag);
            }
        }
        String library = System.getProperty(NativeLibrary.PROPERTY);
        if (library != null) {
            command.add("-D" + NativeLibrary.PROPERTY + "=" + library);
        }
        command.addAll(List.of(
                "-Xmx" + heap / KIBI + "k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-UsePerfData",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=/dev/null",
                "-Djava.io.tmpdir=" + scratch));
        command.addAll(program());
        command.addAll(List.of(
                Long.toString(bound),
                Integer.toString(engine.threadsPerRun()),
                Long.toString(engine.prefixCacheBytes()),
                Integer.toString(engine.maxAdapterRank()),
                providers(engine.providers().settings()),
                Long.toString(Math.max(1, engine.deadline().toMillis())),
                set.base().toString()));
        set.taskNames().forEach(name -> command.add(set.task(name).toString()));
        FirstStage first = set.set().firstStage();
        if (first != null) {
            command.add(ExamChild.FIRST_STAGE);
            command.add(set.firstBase().toString());
            first.tasks().forEach(each -> command.add(set.firstTask(each.name()).toString()));
        }
        return command;
    }

    /** The base is computed there as it will be here, and a provider that crashes takes no more than the exam with it. */
    private static String providers(ProviderSettings settings) {
        try {
            return JSON.writeValueAsString(settings);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where this process has its own classes from: a class path, or modules on a path or in the runtime's image. */
    private static List<String> program() {
        Module module = ExamChild.class.getModule();
        if (!module.isNamed()) {
            return List.of(
                    NATIVE + "ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), ExamChild.class.getName());
        }
        String path = System.getProperty("jdk.module.path", "");
        List<String> program = new ArrayList<>(List.of(NATIVE + module.getName()));
        if (!path.isEmpty()) {
            program.addAll(List.of("-p", path));
        }
        program.addAll(List.of("-m", module.getName() + "/" + ExamChild.class.getName()));
        return program;
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    long pid() {
        return process.pid();
    }

    @Override
    public Answer answer(String task, String text) throws RejectedException, InterruptedException {
        return answer(task, JSON.createObjectNode().put("task", task).put("text", text));
    }

    @Override
    public Examinee asServed() {
        return new Examinee() {
            @Override
            public Answer answer(String task, String text) throws RejectedException, InterruptedException {
                ObjectNode row = JSON.createObjectNode().put("task", task).put("text", text);
                return ExamProcess.this.answer(task, row.put("served", true));
            }

            @Override
            public void rested(long nanos) {
                ExamProcess.this.rested(nanos);
            }
        };
    }

    private Answer answer(String task, ObjectNode asked) throws RejectedException, InterruptedException {
        try {
            byte[] row = JSON.writeValueAsBytes(asked);
            process.getOutputStream().write(row);
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
        } catch (IOException e) {
            log.debug("The exam's process takes no more", e);
        }
        JsonNode answer = check(next("task " + task), "failed");
        List<Float> probabilities = new ArrayList<>();
        answer.path("probabilities").forEach(each -> probabilities.add(each.floatValue()));
        return new Answer(
                answer.path("label").asText(),
                probabilities,
                answer.path("nanos").asLong(),
                answer.path("stage").asText().equals(Stage.FIRST.wireName()) ? Stage.FIRST : Stage.MAIN);
    }

    @Override
    public void rested(long nanos) {
        end += nanos;
    }

    private JsonNode check(JsonNode line, String refusal) throws RejectedException {
        if (line.has(refusal)) {
            throw new RejectedException(Reason.EXAM_FAILED, line.path(refusal).asText());
        }
        return line;
    }

    private JsonNode next(String doing) throws RejectedException, InterruptedException {
        String line = said.poll(Math.max(1, end - pace.nanos()), TimeUnit.NANOSECONDS);
        if (line == null) {
            throw failed("had not ended after " + within.toMillis() + " ms, at " + doing);
        }
        if (line.isEmpty()) {
            throw failed(death() + ", at " + doing);
        }
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException _) {
            throw failed("answered what is not JSON, at " + doing);
        }
    }

    private String death() throws InterruptedException {
        if (!process.waitFor(DIES_WITHIN)) {
            return "said more than " + MAX_LINE_BYTES + " bytes, or ended its output";
        }
        int code = process.exitValue();
        if (code == ExamChild.NO_BOUND) {
            return "could not bound its memory";
        }
        return code > SIGNALLED
                ? "was killed by signal " + (code - SIGNALLED) + ", as one is that takes too much memory"
                : "ended with exit code " + code;
    }

    private static RejectedException failed(String how) {
        return new RejectedException(Reason.EXAM_FAILED, "The exam's own process " + how + ".");
    }

    /** On a thread of its own: a read from a pipe cannot be interrupted. */
    private void read() {
        try (InputStream in = process.getInputStream()) {
            for (String line = line(in); line != null; line = line(in)) {
                said.put(line);
            }
            said.put("");
        } catch (IOException e) {
            log.debug("The exam's process was closed", e);
            boolean told = said.offer("");
            log.trace("Told: {}", told);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static @Nullable String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && line.size() < MAX_LINE_BYTES; b = in.read()) {
            if (b == '\n') {
                return line.toString(StandardCharsets.UTF_8);
            }
            line.write(b);
        }
        return null;
    }

    /** Kills the process by its id, and removes what it unpacked. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            boolean dead = process.waitFor(DIES_WITHIN);
            log.debug("The exam's process has ended: {}", dead);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        try {
            AtomicFiles.removeTree(scratch);
        } catch (IOException e) {
            log.warn("What an exam left in {} cannot be removed: {}", scratch, e.getMessage());
        }
    }
}
