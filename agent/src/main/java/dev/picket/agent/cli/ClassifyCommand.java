package dev.picket.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.config.ConfigException;
import dev.picket.agent.overlay.ConfigSource;
import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.Decision;
import dev.picket.inference.engine.Classifier;
import dev.picket.sensors.Reading;
import dev.picket.sensors.StreamSource;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One text a line in, one classification a line out, in order; never journals, never publishes. */
@Command(
        name = "classify",
        description = "Reads one text a line from standard input and answers one line for each, in order.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class ClassifyCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int MAX_LINE_BYTES = 64 << 10;

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Option(
            names = "--task",
            required = true,
            paramLabel = "NAME|DIR",
            description = "The task to ask, such as fraud, or its folder.")
    private String task = "";

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "Ask the agent that runs with this configuration, instead of loading a model.")
    private @Nullable Path config;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure, ConfigException, InterruptedException {
        if (config != null) {
            model.requireNone();
            LocalAgent agent = LocalAgent.of(new ConfigSource(config, System.getenv()).own());
            answerLines(new AskedAgent(agent, task, json)::answer);
            return ExitCode.OK;
        }
        task = model.named(task);
        try (Classifier classifier = model.open()) {
            if (!classifier.tasks().contains(task)) {
                throw new CommandFailure(
                        ExitCode.DATA, "there is no task '" + task + "'; the tasks are " + classifier.tasks());
            }
            answerLines(reading -> answer(classifier, reading));
        }
        return ExitCode.OK;
    }

    /** What stands on a line's own line. */
    private interface Answering {
        String answer(Reading reading) throws CommandFailure;
    }

    private void answerLines(Answering answering) throws CommandFailure, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        StreamSource lines = new StreamSource("stdin", "classify", System.in, MAX_LINE_BYTES, Clock.systemUTC());
        AtomicReference<CommandFailure> failure = new AtomicReference<>();
        try {
            lines.run((reading, _) -> {
                try {
                    out.println(answering.answer(reading));
                    out.flush();
                } catch (CommandFailure e) {
                    failure.set(e);
                    throw new InterruptedException("the agent gives no answers");
                }
            });
        } catch (InterruptedException e) {
            CommandFailure why = failure.get();
            if (why == null) {
                throw e;
            }
            throw why;
        }
        if (!lines.trouble().isEmpty()) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, lines.trouble());
        }
    }

    private String answer(Classifier classifier, Reading reading) {
        if (reading.text().isBlank()) {
            return failed(classifier, reading, "empty", "the line is empty");
        }
        try {
            Classification answer = classifier.classify(task, reading.text());
            return json
                    ? json(answer, reading.cut() || answer.cut())
                    : "%-8s %-10s %.3f  %s"
                            .formatted(
                                    answer.decision().wireName(), answer.label(), answer.confidence(), reading.text());
        } catch (ClassificationException e) {
            return failed(classifier, reading, e.reason(), String.valueOf(e.getMessage()));
        }
    }

    private static String json(Classification answer, boolean cut) {
        ObjectNode object = JSON.createObjectNode()
                .put("label", answer.label())
                .put("confidence", answer.confidence())
                .put("decision", answer.decision().wireName());
        ObjectNode probabilities = object.putObject("probabilities");
        for (int i = 0; i < answer.labels().size(); i++) {
            probabilities.put(answer.labels().get(i), answer.probabilities().get(i));
        }
        return write(object.put("base", answer.baseDigest())
                .put("task", answer.taskDigest())
                .put("stage", answer.stage().wireName())
                .put("cached", answer.cached())
                .put("cut", cut));
    }

    /** The same keys as for an answer, so that whoever reads lines need not tell two shapes apart. */
    private String failed(Classifier classifier, Reading reading, String reason, String sentence) {
        String decision = new Decision.Failed(reason).wireName();
        if (!json) {
            return decision + "  " + sentence;
        }
        ObjectNode object =
                JSON.createObjectNode().putNull("label").put("confidence", 0).put("decision", decision);
        object.putObject("probabilities");
        return write(object.put("base", classifier.baseDigest())
                .put("task", classifier.taskDigest(task))
                .putNull("stage")
                .put("cached", false)
                .put("cut", reading.cut())
                .put("error", sentence));
    }

    private static String write(ObjectNode object) {
        try {
            return JSON.writeValueAsString(object);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values cannot be written", e);
        }
    }
}
