package dev.picket.agent.update;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.engine.Cascade;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.ProviderSettings;
import dev.picket.inference.engine.Providers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The process that a base is examined in; {@link ExamProcess} is the other side.
 *
 * <pre>
 *   out: {"loaded":true} | {"refused":"why"}              once
 *   in:  {"task":"fraud","text":"…"}                      then one line a row; with "served":true both stages answer
 *   out: {"label":"ham","probabilities":[…],"nanos":n,"stage":"main"} | {"failed":"why"}
 * </pre>
 *
 * It ends with its input, also while a model hangs: an agent that was killed leaves no process behind.
 */
final class ExamChild {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int OPTIONS = 6;
    /** Between the folders of the Set and those of its first stage. */
    static final String FIRST_STAGE = "--first-stage";

    /** The exit code where it could not bound itself. */
    static final int NO_BOUND = 71;

    private ExamChild() {}

    /** Arguments: the most bytes of data, threads a run, bytes of prefixes, largest rank, providers, milliseconds a text may take, the base's folder, each task's folder; the same of a first stage. */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (!ExamBounds.set(Long.parseLong(args[0]))) {
            System.exit(NO_BOUND);
        }
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        // What libraries and logging print must not stand between the answers.
        System.setOut(System.err);
        BlockingQueue<String> rows = new LinkedBlockingQueue<>();
        Thread.ofPlatform().daemon().name("exam-input").start(() -> read(rows));
        EngineOptions engine = new EngineOptions(
                1,
                Integer.parseInt(args[1]),
                Long.parseLong(args[2]),
                Integer.parseInt(args[3]),
                new Providers(JSON.readValue(args[4], ProviderSettings.class)),
                Duration.ofMillis(Long.parseLong(args[5])));
        List<String> folders = Arrays.asList(args).subList(OPTIONS, args.length);
        int end = folders.indexOf(FIRST_STAGE);
        try {
            Classifier classifier = open(end < 0 ? folders : folders.subList(0, end), engine);
            Classifier first = end < 0 ? null : open(folders.subList(end + 1, folders.size()), engine);
            Cascade cascade = new Cascade(classifier, first);
            out.println(JSON.createObjectNode().put("loaded", true));
            while (true) {
                JsonNode row = JSON.readTree(rows.take());
                String task = row.path("task").asText();
                String text = row.path("text").asText();
                boolean served = row.path("served").asBoolean();
                out.println(answer(() -> served
                        ? cascade.classify(task, text)
                        : asked(task, classifier, first).classify(task, text)));
            }
        } catch (BadArtefactException | IOException e) {
            out.println(JSON.createObjectNode().put("refused", String.valueOf(e.getMessage())));
        }
    }

    private static Classifier asked(String task, Classifier classifier, @Nullable Classifier first) {
        return first != null && first.tasks().contains(task) ? first : classifier;
    }

    private static Classifier open(List<String> folders, EngineOptions engine)
            throws BadArtefactException, IOException {
        List<TaskFolder> tasks = new ArrayList<>();
        for (String folder : folders.subList(1, folders.size())) {
            tasks.add(TaskFolder.read(Path.of(folder)));
        }
        return Classifier.open(BaseFolder.read(Path.of(folders.getFirst())), tasks, engine);
    }

    private static void read(BlockingQueue<String> rows) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                rows.add(line);
            }
        } catch (IOException e) {
            System.err.println("The exam's input broke: " + e.getMessage());
        }
        Runtime.getRuntime().halt(0);
    }

    /** One way of asking. */
    private interface Asking {
        Classification ask() throws ClassificationException;
    }

    private static ObjectNode answer(Asking asking) {
        ObjectNode json = JSON.createObjectNode();
        try {
            Classification answer = asking.ask();
            if (answer.probabilities().stream().anyMatch(each -> !Float.isFinite(each))) {
                return json.put("failed", "It answered the probabilities " + answer.probabilities() + ".");
            }
            json.put("label", answer.label())
                    .put("nanos", answer.latencyNanos())
                    .put("stage", answer.stage().wireName());
            answer.probabilities().forEach(json.putArray("probabilities")::add);
            return json;
        } catch (ClassificationException | IllegalArgumentException e) {
            return json.put("failed", String.valueOf(e.getMessage()));
        }
    }
}
